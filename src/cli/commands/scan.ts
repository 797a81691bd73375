import { scan as runScan, type ScanOptions } from "../../engine/scan.ts";
import { type Format, render } from "../../report/render.ts";
import { visible } from "../../report/visible.ts";
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
  const progress = startProgress(shell);
  const found = await runScan(workspace, {
    ...scanOptions(shell, options),
    targets,
    only: listOption(options, "only"),
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
    for (const warning of result.warnings) shell.err(`warning: ${visible(warning)}`);
  return scanExitCode(result, textOption(options, "failOn") as FailOn, { respectGrace: flag(options, "respectGrace") });
}

function scanOptions(shell: Shell, options: Options): Omit<ScanOptions, "targets" | "only" | "onProgress"> {
  return {
    workingTree: flag(options, "workingTree"),
    explain: flag(options, "explain"),
    rehash: flag(options, "rehash"),
    waitMs: durationOption(options, "wait"),
    onWait: (target, { pid, host, since }) =>
      shell.err(`Waiting for target "${target}": process ${pid} on "${host}" has held it since ${since}`),
  };
}
