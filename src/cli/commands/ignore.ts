import { readFile, rename, writeFile } from "node:fs/promises";
import type { IgnoreRule } from "../../config/config.ts";
import { addIgnoreRule } from "../../config/edit-config.ts";
import { KnownError } from "../../errors.ts";
import type { Finding } from "../../model/finding.ts";
import { escapeGlob } from "../../model/glob.ts";
import { openStore } from "../../store/open-store.ts";
import { whoDecides } from "../decide-finding.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { findFinding } from "../find-finding.ts";
import { openWorkspace } from "../open-workspace.ts";
import { type Options, textOption, untilOption } from "../options.ts";
import type { Shell } from "../shell.ts";

/** Adds a rule for exactly this drift to leeway.yaml; the file first, then the audit log, so that no rule goes unlogged for long. */
export async function ignore(shell: Shell, [id = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const { file } = workspace.loaded;
  await using store = await openStore({ file: workspace.storeFile });
  const finding = await findFinding(store, id);
  const rule = ruleFor(finding, options, shell);
  const by = await whoDecides(shell, options);
  const edited = addIgnoreRule(await readFile(file, "utf8"), rule, file);
  await replace(file, edited.text);
  await store.appendAudit({
    at: shell.now(),
    actor: by,
    action: "ignore.add",
    subject: finding.id,
    reason: rule.reason,
    details: { ...rule },
  });
  await shell.out(edited.diff.endsWith("\n") ? edited.diff : `${edited.diff}\n`);
  shell.err("Next: git commit it; the next scan folds the drift and resolves the finding");
  return EXIT.inSync;
}

function ruleFor(finding: Finding, options: Options, shell: Shell): IgnoreRule {
  const path = textOption(options, "path");
  if (path !== undefined && !finding.changes.some((change) => change.path === path)) {
    const paths = finding.changes.map((change) => change.path || '""').join(", ");
    throw new KnownError("USAGE", `Cannot ignore "${path}" of ${finding.id}: it has no change there`, {
      hint: `its changes are at ${paths}`,
    });
  }
  const reason = textOption(options, "reason") ?? "";
  if (reason.trim() === "")
    throw new KnownError("USAGE", `Cannot ignore ${finding.id} without a reason`, { hint: "say why with --reason" });
  const until = untilOption(options, shell.now());
  const [only] = finding.changes;
  const onePath = path ?? (finding.changes.length === 1 && only?.path !== "" ? only?.path : undefined);
  return {
    target: escapeGlob(finding.target),
    at: escapeGlob(finding.at),
    kind: escapeGlob(finding.kind),
    id: escapeGlob(finding.resource),
    ...(onePath === undefined ? {} : { path: escapeGlob(onePath) }),
    ...(finding.drift === "changed" ? {} : { drift: finding.drift }),
    reason: reason.trim(),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whole or not at all. */
async function replace(file: string, text: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await writeFile(unfinished, text);
    await rename(unfinished, file);
  } catch (error) {
    throw refused(file, error);
  }
}

function refused(file: string, cause: unknown): KnownError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KnownError("WRITE_REFUSED", `Cannot write "${file}": ${reason}`, {
    cause,
    hint: "the rule was not added",
  });
}
