import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sha256 } from "../engine/identity.ts";
import { type DecisionInput, decide } from "../lifecycle/decide.ts";
import type { Finding } from "../model/finding.ts";
import { findFinding } from "./find-finding.ts";
import { openStoreToDecide, openWorkspace } from "./open-workspace.ts";
import { type Options, textOption, untilOption } from "./options.ts";
import type { Shell } from "./shell.ts";

/** Decides on the finding an id means: in the store, with its audit entry, in one transaction. */
export async function decideFinding(
  shell: Shell,
  subject: { readonly id: string; readonly verb: DecisionInput["verb"] },
  options: Options,
): Promise<Finding> {
  const workspace = await openWorkspace(shell, options);
  await using store = await openStoreToDecide(workspace);
  const { id } = await findFinding(store, subject.id);
  const decision = await readDecision(shell, subject.verb, options);
  const { by, reason, at, until, owner } = decision;
  const details = { ...(until === undefined ? {} : { until }), ...(owner === undefined ? {} : { owner }) };
  const audit = { at, actor: by, action: `finding.${subject.verb}`, subject: id, reason, details };
  const decided = await store.updateFinding(id, (finding) => decide(finding, decision, sha256), audit);
  if (decided === undefined) throw new Error(`finding ${id} was there a moment ago`);
  return decided;
}

async function readDecision(shell: Shell, verb: DecisionInput["verb"], options: Options): Promise<DecisionInput> {
  const at = shell.now();
  const until = untilOption(options, at);
  const owner = textOption(options, "owner");
  return {
    verb,
    by: await whoDecides(shell, options),
    // Commander requires it.
    reason: textOption(options, "reason") ?? "",
    at,
    ...(until === undefined ? {} : { until }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** Who is said to decide: `--by`, else git's user.email, else the login. */
export async function whoDecides(shell: Shell, options: Options): Promise<string> {
  const by = textOption(options, "by");
  if (by !== undefined && by.trim() !== "") return by.trim();
  return (await gitEmail(shell)) ?? shell.login;
}

/** Undefined where there is no git, or none is configured: both are fine. */
async function gitEmail(shell: Shell): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "user.email"], { cwd: shell.cwd });
    return stdout.trim() === "" ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
