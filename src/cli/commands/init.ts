import { access, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TARGET_NAME } from "../../config/config-schema.ts";
import { type InitialTarget, initialConfig, withGitignoreEntry } from "../../config/initial-config.ts";
import { connectors } from "../../connectors/registry.ts";
import { KnownError } from "../../errors.ts";
import { parseDuration } from "../../model/time.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { flag, listOption, type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

interface Answers {
  readonly target: string;
  readonly connector: string;
  readonly desired: string;
  readonly include: readonly string[];
  readonly schedule: string | undefined;
}

const DEFAULTS: Answers = {
  target: "this-machine",
  connector: "host",
  desired: "desired",
  include: [
    "host/user:*",
    "host/group:*",
    "host/sudo-rule:**",
    "host/pam-rule:*",
    "host/process-limit:**",
    "host/authorized-key:**",
    "host/package:*",
    "host/apt-source:**",
    "host/service:*",
    "host/timer:*",
    "host/environment:*",
    "host/cron-job:**",
    "host/container:**",
    "host/sysctl:*",
    "host/kernel-module:*",
    "host/timezone:*",
    "host/mount:**",
    "host/latent-drift:**",
    "host/port:*",
    "host/firewall-rule:**",
    "host/host-entry:**",
    "host/resolver:**",
    "host/sshd:*",
    "host/certificate:/etc/**",
    "host/file:/etc/**",
    "host/directory:/etc/**",
  ],
  schedule: undefined,
};

/** Within those: what other things are made into by themselves, so that each change of one would be reported twice. */
const EXCLUDED: readonly string[] = [
  // All certificates of the folder beside it, told apart by their number alone.
  "host/certificate:/etc/ssl/certs/ca-certificates.crt*",
  // Copies of the accounts as they were before the last change.
  "host/file:/etc/passwd-",
  "host/file:/etc/group-",
  "host/file:/etc/shadow-",
  "host/file:/etc/gshadow-",
  // An index of the libraries that are installed.
  "host/file:/etc/ld.so.cache",
];

export async function init(shell: Shell, _args: readonly string[], options: Options): Promise<ExitCode> {
  const file = join(shell.cwd, "leeway.yaml");
  if (!flag(options, "force")) await refuseExisting(file);
  const answers = await gather(shell, options);
  check(answers);
  const { target: name, connector, desired, include, schedule } = answers;
  const exclude = listOption(options, "include").length > 0 ? [] : excludedFrom(include);
  const target: InitialTarget = {
    name,
    connector,
    desired,
    include,
    exclude,
    ...(schedule === undefined ? {} : { schedule }),
  };
  await write(file, initialConfig({ targets: [target] }));
  const gitignore = join(shell.cwd, ".gitignore");
  await write(gitignore, withGitignoreEntry(await readIfThere(gitignore)));
  await shell.out("leeway.yaml\n.gitignore\n");
  const first = (await isInRepository(shell.cwd)) ? "" : "git init, as this is no Git repository yet; then ";
  shell.err(`Next: ${first}leeway capture ${name}, then git add and git commit, then leeway scan`);
  return EXIT.inSync;
}

/** What is left out of the default entries; who names entries by flags means all of them. */
function excludedFrom(include: readonly string[]): readonly string[] {
  const starts = DEFAULTS.include.filter((entry) => include.includes(entry)).map((entry) => entry.replace(/\*+$/, ""));
  return EXCLUDED.filter((entry) => starts.some((start) => entry.startsWith(start)));
}

/** Flags first; then a person, where there is one; then the defaults, where `--yes` asks for them. */
async function gather(shell: Shell, options: Options): Promise<Answers> {
  const include = listOption(options, "include");
  const given = {
    target: textOption(options, "target"),
    connector: textOption(options, "connector"),
    desired: textOption(options, "desired"),
    include: include.length === 0 ? undefined : include,
    schedule: textOption(options, "schedule"),
  };
  const isComplete = given.target !== undefined && given.include !== undefined;
  if (shell.isInteractive && !flag(options, "yes") && !isComplete) {
    const { askAnswers } = await import("../ask-answers.ts");
    return await askAnswers(shell, given, DEFAULTS);
  }
  if (!flag(options, "yes") && !isComplete) {
    throw new KnownError("USAGE", "Cannot ask what to watch: this is no terminal", {
      hint: "give --target and --include, or --yes to take the defaults",
    });
  }
  return {
    target: given.target ?? DEFAULTS.target,
    connector: given.connector ?? DEFAULTS.connector,
    desired: given.desired ?? DEFAULTS.desired,
    include: given.include ?? DEFAULTS.include,
    schedule: given.schedule,
  };
}

function check({ target, connector, schedule }: Answers): void {
  if (!TARGET_NAME.test(target))
    throw new KnownError("USAGE", `Cannot name a target "${target}"`, { hint: "use letters, digits, - and _" });
  if (!connectors.has(connector)) {
    throw new KnownError("USAGE", `Cannot use connector "${connector}": there is none of that name`, {
      hint: `use one of: ${[...connectors.keys()].join(", ")}`,
    });
  }
  if (schedule !== undefined && parseDuration(schedule) === undefined) {
    throw new KnownError("USAGE", `Cannot read --schedule "${schedule}": expected a duration`, {
      hint: "write it like 60m",
    });
  }
}

async function refuseExisting(file: string): Promise<void> {
  if (await isThere(file))
    throw new KnownError("WRITE_REFUSED", `Cannot write "${file}": it exists already`, {
      hint: "edit it, or overwrite it with --force",
    });
}

async function isInRepository(folder: string): Promise<boolean> {
  if (await isThere(join(folder, ".git"))) return true;
  return folder !== dirname(folder) && (await isInRepository(dirname(folder)));
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw writeFailure(file, error);
  });
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw writeFailure(file, error);
  });
}

function writeFailure(file: string, cause: unknown): KnownError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KnownError("WRITE_REFUSED", `Cannot write "${file}": ${reason}`, {
    cause,
    hint: "run init in a folder that you can write to",
  });
}

export type { Answers };
