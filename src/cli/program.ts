import { Command, CommanderError, Option } from "commander";
import { visible } from "../report/visible.ts";
import { EXIT, EXIT_HELP, type ExitCode } from "./exit-code.ts";
import { maskSecrets } from "./mask-secrets.ts";
import type { Shell } from "./shell.ts";
import { TARGET_NAMES } from "./target-names-command.ts";

/** A command's own module: loaded only when the command runs, so that `--help` starts fast. */
type Run = (shell: Shell, args: readonly string[], options: Readonly<Record<string, unknown>>) => Promise<ExitCode>;

/**
 * Runs one command line, and gives its exit status. Never throws: what goes wrong is told on standard error.
 * @param argv what follows the program's name
 */
export async function runProgram(argv: readonly string[], shell: Shell): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.inSync;
  const program = buildProgram(shell, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.inSync : EXIT.error;
    return await failed(error, shell);
  }
}

async function failed(error: unknown, shell: Shell): Promise<ExitCode> {
  const { formatError, isInterruption } = await import("./report-error.ts");
  if (shell.signal.aborted) {
    shell.err("Interrupted: nothing of what was under way is kept");
    return EXIT.interrupted;
  }
  shell.err(maskSecrets(formatError(error), shell.secrets));
  return isInterruption(error) ? EXIT.interrupted : EXIT.error;
}

function buildProgram(shell: Shell, done: (code: ExitCode) => void): Command {
  const program = new Command("leeway")
    .description("Measures how far production has moved from the state declared for it in Git.")
    .version(shell.version, "-V, --version", "print the version")
    .option("--no-color", "no colours (NO_COLOR is respected too)")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", EXIT_HELP)
    .configureOutput({
      writeOut: (text) => void shell.out(text),
      writeErr: (text) => shell.err(text.trimEnd()),
      outputError: tellUsage("leeway"),
    })
    .configureHelp({ helpWidth: 100 })
    .exitOverride();
  const define = (name: string, summary: string, example: string) => defineCommand(program, { name, summary, example });
  const action = (command: Command, load: () => Promise<Run>) => attach(command, load, { shell, done });
  addScanning(define, action);
  addInbox(define, action);
  addHouse(define, action);
  addTargetNames(program, action);
  return program;
}

type Define = (name: string, summary: string, example: string) => Command;
type Attach = (command: Command, load: () => Promise<Run>) => void;

function defineCommand(program: Command, what: { name: string; summary: string; example: string }): Command {
  return program
    .command(what.name)
    .description(what.summary)
    .helpOption("-h, --help", "print this help")
    .configureOutput({ outputError: tellUsage(`leeway ${what.name}`) })
    .addHelpText("after", `\nExample:\n  $ leeway ${what.example}\n${EXIT_HELP}`);
}

/** Commander's own errors in the form that all others have: `error: WHAT`, and where it knows one, `(Did you mean X?)`. */
function tellUsage(command: string): (text: string, write: (text: string) => void) => void {
  return (text, write) => {
    const [, what = text, meant] = /^(?:error: )?([\s\S]*?)\.?(?:\n\(Did you mean (.*)\?\))?\s*$/.exec(text) ?? [];
    const hint = meant === undefined ? `\`${command} --help\` tells what it takes` : `did you mean ${meant}?`;
    write(`error[USAGE]: Cannot run \`${command}\`: ${visible(what)}\n  hint: ${hint}\n`);
  };
}

function attach(
  command: Command,
  load: () => Promise<Run>,
  to: { shell: Shell; done: (code: ExitCode) => void },
): void {
  command.action(async (...given: unknown[]) => {
    // Commander passes each argument, then the options, then the command itself.
    const args = given.slice(0, -2).flatMap((arg) => (arg === undefined ? [] : (arg as string | string[])));
    const run = await load();
    to.done(await run(to.shell, args, given.at(-2) as Readonly<Record<string, unknown>>));
  });
}

const configOption = () =>
  new Option("--config <file>", "the configuration (leeway.yaml here or in the nearest folder above)");
const storeOption = () => new Option("--store <path>", "the state store (as configured, .leeway/state.db)");
const formatOption = (...formats: string[]) =>
  new Option("--format <format>", "how to print it").choices(formats).default("human");
const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
const onlyOption = () =>
  new Option("--only <kind[:id]>", "only this kind, or these ids of it (a pattern); repeatable")
    .argParser(collect)
    .default([], "all");

function addScanning(define: Define, action: Attach): void {
  const init = define(
    "init",
    "Write leeway.yaml: asks what to watch, or takes flags.",
    "init --target edge --include 'host/file:/etc/**'",
  )
    .option("--target <name>", "name of the first target")
    .option("--connector <name>", "what it is: host")
    .option("--desired <path>", "folder of the desired state")
    .option("--include <kind:glob>", "where to look for unmanaged resources; repeatable", collect)
    .option("--schedule <duration>", "how often it is meant to be scanned, such as 60m")
    .option("--yes", "take the default for every answer not given")
    .option("--force", "overwrite leeway.yaml");
  action(init, async () => (await import("./commands/init.ts")).init);
  const capture = define("capture", "Write desired state from what is there.", "capture edge --only host/sysctl")
    .argument("<target>", "which target")
    .addOption(onlyOption())
    .option("--force", "overwrite files that exist")
    .addOption(configOption())
    .addOption(storeOption());
  action(capture, async () => (await import("./commands/capture.ts")).capture);
  const scan = define(
    "scan",
    "Compare production with its desired state, once.",
    "scan --format markdown --fail-on warning",
  )
    .argument("[target...]", "which targets; all when left out")
    .addOption(formatOption("human", "json", "sarif", "junit", "markdown", "html"))
    .option("--output <file>", "write the report to a file, whole or not at all")
    .addOption(
      new Option("--fail-on <severity>", "from which severity on drift makes exit code 1")
        .choices(["critical", "warning", "informational", "never"])
        .default("informational"),
    )
    .addOption(onlyOption())
    .option("--explain", "list every difference that was folded away, with its reason")
    .option("--rehash", "read every content again, though nothing of it seems to have changed")
    .option("--working-tree", "read desired files as they are now, not as committed")
    .option("--respect-grace", "pending findings do not count for the exit code")
    .option("--wait <duration>", "how long to wait for another process that scans the same target", "60s")
    .addOption(configOption())
    .addOption(storeOption());
  action(scan, async () => (await import("./commands/scan.ts")).scan);
}

function addInbox(define: Define, action: Attach): void {
  const findings = define("findings", "The inbox: findings that are not resolved.", "findings --severity critical")
    .option("--target <target>", "only of this target")
    .addOption(
      new Option("--status <status>", "only with this status").choices([
        "pending",
        "open",
        "acknowledged",
        "snoozed",
        "accepted",
        "resolved",
      ]),
    )
    .addOption(
      new Option("--severity <severity>", "only of this severity").choices(["critical", "warning", "informational"]),
    )
    .option("--kind <pattern>", "only of these kinds")
    .addOption(formatOption("human", "json"))
    .addOption(configOption())
    .addOption(storeOption());
  action(findings, async () => (await import("./commands/findings.ts")).findings);
  const show = define("show", "One finding: its diff, its life, what to do next.", "show f_7k2")
    .argument("<id>", "its id, or a unique start of it")
    .addOption(formatOption("human", "json"))
    .addOption(configOption())
    .addOption(storeOption());
  action(show, async () => (await import("./commands/show.ts")).show);
  const history = define(
    "history",
    "How one resource changed over time.",
    "history edge/host/file:/etc/ssh/sshd_config@local",
  )
    .argument("<[target/]kind:id[@at]>", "which resource")
    .addOption(formatOption("human", "json"))
    .addOption(configOption())
    .addOption(storeOption());
  action(history, async () => (await import("./commands/history.ts")).history);
  const coverage = define("coverage", "What is watched, and what is not.", "coverage edge")
    .argument("[target...]", "which targets; all when left out")
    .addOption(formatOption("human", "json"))
    .addOption(configOption())
    .addOption(storeOption());
  action(coverage, async () => (await import("./commands/coverage.ts")).coverage);
  addDecisions(define, action);
}

function addDecisions(define: Define, action: Attach): void {
  const decision = (name: string, summary: string, example: string) =>
    define(name, summary, example)
      .argument("<id>", "its id, or a unique start of it")
      .requiredOption("--reason <text>", "why; it stands in the audit log")
      .option("--by <who>", "who decides (git's user.email, else the login)")
      .addOption(configOption())
      .addOption(storeOption());
  const until = "when it ends: a date, or a duration such as 30d";
  const ack = decision("ack", "Acknowledge a finding: somebody is at it.", 'ack f_7k2 --reason "on it"').option(
    "--until <when>",
    until,
  );
  action(ack, async () => (await import("./commands/decide.ts")).ack);
  const snooze = decision(
    "snooze",
    "Put a finding off until a time.",
    'snooze f_7k2 --until 7d --reason "after the release"',
  ).requiredOption("--until <when>", until);
  action(snooze, async () => (await import("./commands/decide.ts")).snooze);
  const accept = decision(
    "accept",
    "Accept a drift as it is, for a time.",
    'accept f_7k2 --until 2027-03-01 --reason "agreed"',
  )
    .requiredOption("--until <when>", until)
    .option("--owner <who>", "who answers for it");
  action(accept, async () => (await import("./commands/decide.ts")).accept);
  action(
    decision("reopen", "Take a decision back.", 'reopen f_7k2 --reason "not agreed after all"'),
    async () => (await import("./commands/decide.ts")).reopen,
  );
  const ignore = decision(
    "ignore",
    "Add a rule to leeway.yaml that folds this drift from now on.",
    'ignore f_7k2 --reason "patched by unattended-upgrades"',
  )
    .option("--until <when>", until)
    .option("--path <pointer>", "only this attribute, such as /version");
  action(ignore, async () => (await import("./commands/ignore.ts")).ignore);
}

function addHouse(define: Define, action: Attach): void {
  const kinds = define("kinds", "The kinds of resource and their attributes.", "kinds host/file")
    .argument("[kind]", "one kind, or a pattern")
    .addOption(formatOption("human", "json"));
  action(kinds, async () => (await import("./commands/kinds.ts")).kinds);
  const permissions = define("permissions", "The least privileges that a target needs.", "permissions edge")
    .argument("<target>", "which target")
    .addOption(formatOption("human", "json"))
    .addOption(configOption());
  action(permissions, async () => (await import("./commands/permissions.ts")).permissions);
  const rules = define("rules", "The classification rules in force.", "rules test")
    .argument("<test|list>", "run the examples beside the rules, or list the rules")
    .addOption(formatOption("human", "json"))
    .addOption(configOption());
  action(rules, async () => (await import("./commands/rules.ts")).rules);
  const doctor = define("doctor", "Check store, audit log, key, Git and configuration.", "doctor")
    .addOption(configOption())
    .addOption(storeOption());
  action(doctor, async () => (await import("./commands/doctor.ts")).doctor);
  const audit = define("audit", "The audit log: who decided what, when and why.", "audit --verify")
    .option("--verify", "check its hash chain instead of printing it")
    .addOption(formatOption("human", "json"))
    .addOption(configOption())
    .addOption(storeOption());
  action(audit, async () => (await import("./commands/audit.ts")).audit);
  const completion = define(
    "completion",
    "Print a completion script for a shell.",
    "completion bash > /etc/bash_completion.d/leeway",
  ).argument("<bash|zsh|fish>", "which shell");
  action(completion, async () =>
    (await import("./commands/completion.ts")).completionOf(completion.parent ?? completion),
  );
}

/** What completion scripts ask for; of no use to people, and so in no help. */
function addTargetNames(program: Command, action: Attach): void {
  const names = program.command(TARGET_NAMES, { hidden: true }).addOption(configOption());
  action(names, async () => (await import("./commands/target-names.ts")).targetNames);
}
