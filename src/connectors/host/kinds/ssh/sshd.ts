import type { Permission } from "../../../../connector.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import {
  type Command,
  type CommandOptions,
  command,
  commandPermission,
  complaintOf,
  hostPath,
  type Output,
  runCommand,
  unreadOf,
} from "../command.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { MATCH_ACCESS, type MatchBlocks, matchText, readMatchBlocks } from "./match-blocks.ts";
import { GIVEN_HOST_KEY, parseSshd } from "./parse-sshd.ts";
import { sshdFacts } from "./sshd.facts.ts";
import { readStartOptions, START_ACCESS } from "./start-options.ts";
import { makeThrowawayKey } from "./throwaway-key.ts";

/** sshd insists on being called by its path. */
const PROGRAMS = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd", "/usr/local/bin/sshd"];
const ID = "effective";
/** Keywords whose values the facts call lists are lists even with one value. */
const LISTS = new Set(sshdFacts.attributes.filter(({ type }) => type === "list").map(({ path }) => path.slice(1)));
/** Started as root, sshd insists on this folder, which only a running service makes; started as another user it does not. */
const NEEDS_FOLDER = "Missing privilege separation directory";
/** Host keys of the server's own may be out of reach: it has the one that it is given. */
const NO_FAILURE = /^Unable to load host key/;
const AS_NOBODY = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
  // Configuration that only root may read stays readable.
  "--inh-caps=+dac_read_search",
  "--ambient-caps=+dac_read_search",
] as const;

interface Sshd {
  readonly path: string;
  readonly show: Command;
  readonly showAsNobody: Command;
}

const SSHDS: readonly Sshd[] = PROGRAMS.map((path) => ({
  path,
  show: command(...shellOf(path)),
  showAsNobody: command(...AS_NOBODY, ...shellOf(path)),
}));

/** What `readSshdSettings` runs. */
export function sshdCommands(kind: string, without: string): readonly Permission[] {
  const needs = "anyone, where sshd_config and what it includes are readable to all; else root";
  return SSHDS.flatMap(({ show, showAsNobody }) =>
    [show, showAsNobody].map((argv) => commandPermission(argv, { kinds: [kind], needs, without })),
  );
}

/** The settings in force of the SSH server, and what its Match blocks set for some connections. */
export const sshdKind: HostKind = {
  facts: sshdFacts,
  permissions: [
    ...sshdCommands(sshdFacts.kind, "the settings of the SSH server"),
    {
      kinds: [sshdFacts.kind],
      access: MATCH_ACCESS,
      needs: "anyone, where these files are readable to all; else root",
      without: "what holds for some connections alone",
    },
    { kinds: [sshdFacts.kind], access: START_ACCESS, needs: "anyone", without: "the options it is started with" },
  ],
  async *read(request, transport) {
    yield* answerFrom(sshdFacts.kind, request, await readSshd(request, transport));
  },
};

async function readSshd({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [read, match, start] = await Promise.all([
    readSshdSettings(transport, signal),
    readMatchBlocks(transport, signal),
    readStartOptions(transport),
  ]);
  if (read === undefined) return tableOf([]);
  if (read.status === "unchecked") return read;
  const settings = { ...read.settings, ...(start.options === "" ? {} : { started_with: start.options }) };
  return tableOf([[ID, withMatch(settings, { ...match, facts: start.facts })]]);
}

function withMatch(
  settings: JsonObject,
  { blocks, hidden, facts }: MatchBlocks & { readonly facts: readonly PathFact[] },
): Entry {
  const [why] = hidden;
  if (why !== undefined)
    return presentEntry(settings, [
      ...facts,
      { path: "/match", fact: "unchecked", reason: why.reason, detail: why.detail },
    ]);
  if (blocks.length === 0) return presentEntry(settings, facts);
  const match = blocks.map(matchText);
  return presentEntry({ ...settings, match }, [...facts, ...commandFacts("/match", match)]);
}

export interface Settings {
  readonly status: "read";
  readonly settings: JsonObject;
}

/** The settings in force. @returns undefined when there is no SSH server on this host */
export async function readSshdSettings(
  transport: Transport,
  signal: AbortSignal,
): Promise<Settings | Unread | undefined> {
  const program = await findProgram(transport);
  if (program === undefined || "status" in program) return program;
  const output = await runSshd(program, transport, { signal, stdin: makeThrowawayKey() });
  if (output.status === "unchecked") return output;
  const { settings, mistake } = parseSshd(output.stdout, LISTS);
  if (mistake !== undefined) return unread("failed", `Cannot read what "sshd -T" prints: ${mistake}`);
  return { status: "read", settings };
}

function tableOf(entries: readonly (readonly [string, Entry])[]): Table {
  return { status: "read", entries: new Map(entries), gaps: [] };
}

/** @returns undefined when there is no SSH server on this host */
async function findProgram(transport: Transport): Promise<Sshd | Unread | undefined> {
  const stats = await Promise.all(
    SSHDS.map(async (sshd) => ({ sshd, stat: await transport.stat(hostPath(sshd.path)) })),
  );
  const first = stats.find(({ stat }) => stat.ok || stat.reason !== "absent");
  if (first === undefined) return undefined;
  return first.stat.ok ? first.sshd : unreadOf(first.stat);
}

async function runSshd(sshd: Sshd, transport: Transport, options: CommandOptions): Promise<Output | Unread> {
  const answers = { ...options, name: "sshd -T", answers: [0, 1, 255] };
  const first = await runCommand(transport, sshd.show, answers);
  const isFolderMissing = first.status === "done" && first.stderr.some((line) => line.startsWith(NEEDS_FOLDER));
  const output = isFolderMissing ? await runCommand(transport, sshd.showAsNobody, answers) : first;
  if (output.status === "unchecked" || output.exitCode === 0) return output;
  return complaintOf(answers.name, { ...output, stderr: output.stderr.filter((line) => !NO_FAILURE.test(line)) });
}

/**
 * sshd opens the key by its path, which a socket does not allow: `cat` makes a pipe of whatever carries it here. No beginning of
 * the script starts a server: sudo cannot tell where one argument ends and the next begins.
 */
function shellOf(program: string): readonly [string, ...string[]] {
  return ["sh", "-c", `set -- ${program} -T -h ${GIVEN_HOST_KEY}; cat | exec "$@"`];
}
