import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { IgnoreRule } from "../../config/config.ts";
import { addIgnoreRules } from "../../config/edit-config.ts";
import { KnownError } from "../../errors.ts";
import type { Finding } from "../../model/finding.ts";
import { escapeGlob } from "../../model/glob.ts";
import { whoDecides } from "../decide-finding.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { findFinding } from "../find-finding.ts";
import { openStoreToDecide, openWorkspace } from "../open-workspace.ts";
import { type Options, textOption, untilOption } from "../options.ts";
import { replaceFile } from "../replace-file.ts";
import type { Shell } from "../shell.ts";

/** Adds rules for exactly this drift to leeway.yaml; the file first, then the audit log, so that no rule goes unlogged for long. */
export async function ignore(shell: Shell, [id = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const { file } = workspace.loaded;
  await using store = await openStoreToDecide(workspace);
  const finding = await findFinding(store, id);
  const rules = rulesFor(finding, options, shell);
  const by = await whoDecides(shell, options);
  const path = resolve(shell.cwd, file);
  const edited = addIgnoreRules(await readFile(path, "utf8"), rules, file);
  await replaceFile(path, edited.text, { name: file, hint: "the rule was not added" });
  await store.appendAudit({
    at: shell.now(),
    actor: by,
    action: "ignore.add",
    subject: finding.id,
    reason: reasonOf(finding, options),
    details: { rules: rules.map((rule) => ({ ...rule })) },
  });
  await shell.out(edited.diff.endsWith("\n") ? edited.diff : `${edited.diff}\n`);
  const effect =
    rules.length < finding.changes.length ? "that part of the drift" : "the drift and resolves the finding";
  shell.err(`Next: git commit it; the next scan folds ${effect}`);
  return EXIT.inSync;
}

/** One rule for each changed attribute, so that none hides a change that nobody has seen yet. */
function rulesFor(finding: Finding, options: Options, shell: Shell): readonly IgnoreRule[] {
  const { target, at, kind, resource, drift } = finding;
  const until = endOf(finding, options, shell);
  const rule = (part: Pick<IgnoreRule, "path" | "drift">): IgnoreRule => ({
    target: escapeGlob(target),
    at: escapeGlob(at),
    kind: escapeGlob(kind),
    id: escapeGlob(resource),
    ...part,
    reason: reasonOf(finding, options),
    ...(until === undefined ? {} : { until }),
  });
  const paths = pathsOf(finding, textOption(options, "path"));
  return paths.includes("") ? [rule({ drift })] : paths.map((path) => rule({ path: escapeGlob(path) }));
}

function pathsOf({ id, changes }: Finding, path: string | undefined): readonly string[] {
  const paths = changes.map((change) => change.path);
  if (path === undefined) return paths;
  if (paths.includes(path)) return [path];
  throw new KnownError("USAGE", `Cannot ignore "${path}" of ${id}: it has no change there`, {
    hint: `its changes are at ${paths.map((one) => one || '""').join(", ")}`,
  });
}

function reasonOf({ id }: Finding, options: Options): string {
  const reason = textOption(options, "reason")?.trim() ?? "";
  if (reason !== "") return reason;
  throw new KnownError("USAGE", `Cannot ignore ${id} without a reason`, { hint: "say why with --reason" });
}

/** A rule that is over from the start would fold nothing, and say so only at the next scan. */
function endOf({ id }: Finding, options: Options, shell: Shell): string | undefined {
  const until = untilOption(options, shell.now());
  if (until === undefined || until > shell.now()) return until;
  throw new KnownError("USAGE", `Cannot ignore ${id} until "${until}": that is over`, {
    hint: "give a later time with --until",
  });
}
