import { scan as runScan, type ScanOptions } from "../../engine/scan.ts";
import type { Workspace } from "../../engine/workspace.ts";
import { KnownError } from "../../errors.ts";
import { compileGlob } from "../../model/glob.ts";
import { nearest } from "../../model/nearest.ts";
import { parseScopeEntry } from "../../model/resource.ts";
import { type Format, render } from "../../report/render.ts";
import type { ExitCode } from "../exit-code.ts";
import { maskResult } from "../mask-secrets.ts";
import { openWorkspace } from "../open-workspace.ts";
import { durationOption, flag, listOption, type Options, textOption } from "../options.ts";
import { startProgress } from "../progress.ts";
import { type FailOn, scanExitCode } from "../scan-exit-code.ts";
import type { Shell } from "../shell.ts";
import { writeReport } from "../write-report.ts";

export async function scan(shell: Shell, targets: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const only = listOption(options, "only");
  checkOnly(workspace, only);
  const progress = startProgress(shell);
  const found = await runScan(workspace, {
    ...scanOptions(shell, options),
    targets,
    only,
    onProgress: progress.update,
  }).finally(progress.end);
  const result = maskResult(found, shell.secrets);
  const explain = flag(options, "explain");
  const output = textOption(options, "output");
  // Commander accepts nothing but the names of formats and severities.
  const format = textOption(options, "format") as Format;
  const color = shell.color && output === undefined;
  const text = render(result, format, { color, width: shell.width, explain, now: shell.now(), version: shell.version });
  if (output === undefined) await shell.out(text);
  else await writeReport(shell, output, text);
  if (format !== "human" || output !== undefined)
    for (const warning of result.warnings) shell.err(`warning: ${warning}`);
  return scanExitCode(result, textOption(options, "failOn") as FailOn, { respectGrace: flag(options, "respectGrace") });
}

function scanOptions(shell: Shell, options: Options): Omit<ScanOptions, "targets" | "only" | "onProgress"> {
  return {
    workingTree: flag(options, "workingTree"),
    explain: flag(options, "explain"),
    waitMs: durationOption(options, "wait"),
    onWait: (target, { pid, host, since }) =>
      shell.err(`Waiting for target "${target}": process ${pid} on "${host}" has held it since ${since}`),
  };
}

/** A kind that does not exist would make an empty scan look in sync. */
export function checkOnly(workspace: Workspace, only: readonly string[]): void {
  const kinds = [...workspace.connectors.values()].flatMap((connector) => [...(connector.kinds?.keys() ?? [])]);
  for (const entry of only) {
    const { kind } = parseScopeEntry(entry);
    const matches = compileGlob(kind);
    if (kinds.some((known) => matches(known))) continue;
    const near = nearest(kind, kinds);
    throw new KnownError("USAGE", `Cannot limit the scan to "${entry}": there is no kind "${kind}"`, {
      hint: near === undefined ? "`leeway kinds` lists them" : `did you mean "${near}"?`,
    });
  }
}
