import type { JsonObject } from "../../../../model/json.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { type CommandOptions, complaintOf, hostPath, type Output, runCommand, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import { GIVEN_HOST_KEY, parseSshd } from "./parse-sshd.ts";
import { sshdFacts } from "./sshd.facts.ts";
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

/** How the settings are read, for people. */
export const SSHD_ACCESS = shellOf("/usr/sbin/sshd").join(" ");

/** The settings in force of the SSH server, outside any Match block. */
export const sshdKind: HostKind = {
  facts: sshdFacts,
  permissions: [
    {
      kinds: [sshdFacts.kind],
      access: SSHD_ACCESS,
      argv: shellOf("/usr/sbin/sshd"),
      needs: "anyone, where sshd_config and what it includes are readable to all; else root",
      without: "the settings of the SSH server",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(sshdFacts.kind, request, await readSshd(request, transport));
  },
};

async function readSshd({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const read = await readSshdSettings(transport, signal);
  if (read === undefined) return tableOf([]);
  return read.status === "unchecked" ? read : tableOf([[ID, { status: "present", actual: read.settings }]]);
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
  if (typeof program !== "string") return program;
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
async function findProgram(transport: Transport): Promise<string | Unread | undefined> {
  for (const program of PROGRAMS) {
    const stat = await transport.stat(hostPath(program));
    if (stat.ok) return program;
    if (stat.reason !== "absent") return unreadOf(stat);
  }
  return undefined;
}

async function runSshd(program: string, transport: Transport, options: CommandOptions): Promise<Output | Unread> {
  const answers = { ...options, name: "sshd -T", answers: [0, 1, 255] };
  const first = await runCommand(transport, shellOf(program), answers);
  const isFolderMissing = first.status === "done" && first.stderr.some((line) => line.startsWith(NEEDS_FOLDER));
  const output = isFolderMissing ? await runCommand(transport, [...AS_NOBODY, ...shellOf(program)], answers) : first;
  if (output.status === "unchecked" || output.exitCode === 0) return output;
  return complaintOf(answers.name, { ...output, stderr: output.stderr.filter((line) => !NO_FAILURE.test(line)) });
}

/** sshd opens the key by its path, which a socket does not allow: `cat` makes a pipe of whatever carries it here. */
function shellOf(program: string): readonly [string, ...string[]] {
  return ["sh", "-c", `cat | exec ${program} -T -h ${GIVEN_HOST_KEY}`];
}
