import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import { rulesFor } from "../../engine/rules.ts";
import { baseDir, selectTargets, type Workspace } from "../../engine/workspace.ts";
import { KnownError } from "../../errors.ts";
import { formatPlural } from "../../report/visible.ts";
import { loadDigestKey } from "../../store/digest-key.ts";
import { openStore } from "../../store/open-store.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openWorkspace } from "../open-workspace.ts";
import type { Options } from "../options.ts";
import type { Shell } from "../shell.ts";

interface Check {
  readonly name: string;
  /** What is fine, in words; or what is wrong, by throwing a KnownError. */
  readonly run: () => Promise<string>;
}

export async function doctor(shell: Shell, _args: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  let isSound = true;
  await shell.out(`ok    configuration: ${workspace.loaded.file}\n`);
  for (const check of checks(workspace)) {
    const { ok, text } = await outcome(check);
    isSound &&= ok;
    await shell.out(`${ok ? "ok  " : "FAIL"}  ${check.name}: ${text}\n`);
  }
  return isSound ? EXIT.inSync : EXIT.error;
}

async function outcome({ run }: Check): Promise<{ ok: boolean; text: string }> {
  try {
    return { ok: true, text: await run() };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const problems = error.problems.map(({ message }) => `\n        ${message}`).join("");
    return {
      ok: false,
      text: `${error.message}${problems}${error.hint === undefined ? "" : `\n        hint: ${error.hint}`}`,
    };
  }
}

function checks(workspace: Workspace): readonly Check[] {
  return [
    { name: "rules", run: async () => checkRules(workspace) },
    { name: "git", run: () => checkGit(workspace) },
    { name: "store", run: () => checkStore(workspace) },
    { name: "digest key", run: () => checkKey(workspace) },
    ...selectTargets(workspace, []).map((named) => ({
      name: `target ${named.name}`,
      run: async () => {
        await using session = await named.connector.open(named.target.settings, {
          baseDir: baseDir(workspace),
          now: workspace.now,
        });
        const places = await session.places();
        return `${named.connector.name} opens: ${places.map(({ name }) => name).join(", ")}`;
      },
    })),
  ];
}

function checkRules(workspace: Workspace): string {
  const counts = selectTargets(workspace, []).map((named) => rulesFor(workspace, named).rules.length);
  return `${formatPlural(Math.max(0, ...counts), "rule")} in force`;
}

async function checkGit(workspace: Workspace): Promise<string> {
  const { stdout } = await promisify(execFile)("git", ["--version"], { env: { ...workspace.env } }).catch(
    (cause: unknown) => {
      const hint = "install git: desired state is read out of it";
      throw new KnownError("DESIRED_UNREADABLE", "Cannot run git", { cause, hint });
    },
  );
  return stdout.trim();
}

async function checkStore({ storeFile }: Workspace): Promise<string> {
  if (!(await exists(storeFile))) return "none yet; the first scan makes it";
  await using store = await openStore({ file: storeFile, readOnly: true });
  const problems = await store.verify();
  if (problems.length === 0) return `${storeFile} is whole, and so is its audit log`;
  throw new KnownError("AUDIT_BROKEN", `Cannot trust ${storeFile}`, {
    problems: problems.map((message) => ({ file: storeFile, message })),
  });
}

async function checkKey({ env, storeFile }: Workspace): Promise<string> {
  if (env["LEEWAY_KEY"] === undefined && !(await exists(storeFile))) return "none yet; the first scan makes it";
  const { id } = await loadDigestKey({ env, storeFile });
  return `${id}, ${env["LEEWAY_KEY"] === undefined ? "from the file beside the store" : "from LEEWAY_KEY"}`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
}
