import { createHash } from "node:crypto";
import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { encodeId } from "../../ids.ts";
import type { HostKind } from "../../kind.ts";
import type { FileStat, HostPath, Read, Transport } from "../../transport.ts";
import { type ByteText, toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { cronJobFacts } from "./cron-job.facts.ts";
import { type CronLine, isCronFileName, jobOf, parseCrontab } from "./parse-crontab.ts";

const SYSTEM_CRONTAB = "/etc/crontab";
const SYSTEM_FOLDER = "/etc/cron.d";
const USER_FOLDER = "/var/spool/cron/crontabs";
const WRITABLE_BY_OTHERS = 0o022;

/** Jobs of cron: of the system's crontab and folder, where each line names its user, and of the users' own crontabs. */
export const cronJobKind: HostKind = {
  facts: cronJobFacts,
  permissions: [
    {
      kinds: [cronJobFacts.kind],
      access: `${SYSTEM_CRONTAB}, ${SYSTEM_FOLDER}/*`,
      needs: "anyone, where the files are readable to all",
      without: "the system's jobs",
    },
    { kinds: [cronJobFacts.kind], access: `${USER_FOLDER}/*`, needs: "root", without: "the users' own jobs" },
  ],
  async *read(request, transport) {
    const { files, gaps } = await findCrontabs(transport, request.signal);
    const tables = await Promise.all(files.map((file) => readCrontab(file, transport)));
    const table: Table = {
      status: "read",
      entries: new Map(tables.flatMap((each) => [...each.entries])),
      gaps: [...gaps, ...tables.flatMap((each) => each.gaps)],
    };
    yield* answerFrom(cronJobFacts.kind, request, table);
  },
};

/**
 * Tells jobs of one crontab apart: the first 8 hexadecimal digits of the SHA-256 of the user's name, a NUL and the command,
 * as bytes of the crontab (a user's own crontab has the name of its file). The schedule is no part of it, so that a job
 * that moves in time stays the same job.
 */
function cronJobDigest(user: ByteText, command: ByteText): string {
  return createHash("sha256")
    .update(Buffer.from(`${user}\0${command}`, "latin1"))
    .digest("hex")
    .slice(0, 8);
}

interface CrontabFile {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
  /** Whose it is; missing when it is the system's. */
  readonly owner?: ByteText;
}

interface Crontabs {
  readonly files: readonly CrontabFile[];
  readonly gaps: readonly ListingGap[];
}

async function findCrontabs(transport: Transport, signal: AbortSignal): Promise<Crontabs> {
  const path = hostPath(SYSTEM_CRONTAB);
  const stat = await transport.stat(path);
  const system = await listFolder(SYSTEM_FOLDER, transport, signal);
  const users = await listFolder(USER_FOLDER, transport, signal);
  return {
    files: [
      ...(stat.ok || stat.reason !== "absent" ? [{ path, stat }] : []),
      ...system.files.filter((file) => isCronFileName(fileName(file.path))),
      ...users.files.map((file) => ({ ...file, owner: fileName(file.path) })),
    ],
    gaps: [...system.gaps, ...users.gaps],
  };
}

/** What stands in a folder, not deeper. One that is not there has no jobs; one that cannot be listed hides them. */
async function listFolder(folder: string, transport: Transport, signal: AbortSignal): Promise<Crontabs> {
  const files: CrontabFile[] = [];
  const gaps: ListingGap[] = [];
  const enter = (path: HostPath) => toByteText(path) === folder;
  for await (const { path, stat, unlisted } of transport.walk(hostPath(folder), { enter, signal })) {
    const isRoot = enter(path);
    const failure = unlisted ?? (isRoot && !stat.ok ? stat : undefined);
    if (failure !== undefined && !failure.ok) gaps.push({ ...gapReason(failure), glob: `${folder}/**` });
    else if (!isRoot && !(stat.ok && stat.value.type === "directory")) files.push({ path, stat });
  }
  return { files, gaps };
}

function gapReason(failure: Exclude<Read<never>, { readonly ok: true }>): Omit<ListingGap, "glob"> {
  const { reason, detail } = unreadOf(failure);
  return { reason, detail };
}

function fileName(path: HostPath): ByteText {
  const text = toByteText(path);
  return text.slice(text.lastIndexOf("/") + 1);
}

async function readCrontab(file: CrontabFile, transport: Transport): Promise<Table> {
  const name = encodeId(file.path);
  const hidden = (why: Unread): Table => ({
    status: "read",
    entries: new Map(),
    gaps: [{ glob: `${escapeGlob(name)}#*`, reason: why.reason, detail: why.detail }],
  });
  const content = await transport.readFile(file.path);
  if (!content.ok) return content.reason === "absent" ? NO_JOBS : hidden(unreadOf(content));
  const { lines, mistake = refusal(file) } = parseCrontab(content.value, file.owner);
  if (mistake === undefined) return { status: "read", entries: toEntries(name, lines), gaps: [] };

  // None of its jobs is run, yet they stand there: that is neither as declared nor gone.
  const why = unread("failed", `Cannot tell the jobs of "${name}": cron ignores it, because ${mistake}`);
  return { ...hidden(why), entries: new Map(Array.from(toEntries(name, lines).keys(), (id) => [id, why])) };
}

const NO_JOBS: Table = { status: "read", entries: new Map(), gaps: [] };

/** Why Debian's cron takes no jobs from one of the system's crontabs, whatever stands in it. */
function refusal({ stat, owner }: CrontabFile): string | undefined {
  if (owner !== undefined || !stat.ok || stat.value.type !== "file") return undefined;
  if (stat.value.uid !== 0) return "it does not belong to root";
  return (stat.value.mode & WRITABLE_BY_OTHERS) === 0 ? undefined : "others may write it";
}

/** The same user and command on several lines are one job with several schedules, parted by semicolons. */
function toEntries(file: string, lines: readonly CronLine[]): ReadonlyMap<string, Entry> {
  const jobs = new Map<string, CronLine[]>();
  for (const line of lines) {
    const id = `${file}#${cronJobDigest(line.user, line.command)}`;
    jobs.set(id, [...(jobs.get(id) ?? []), line]);
  }
  return new Map(
    Array.from(jobs, ([id, [first, ...others]]): [string, Entry] => {
      // Every job is made with one line at least.
      const job = jobOf(first as CronLine);
      const schedules = new Set([job.schedule, ...others.map(({ schedule }) => schedule)]);
      const facts = commandFacts("/command", [job.command]);
      const actual = { ...job, schedule: [...schedules].sort().join("; ") };
      return [id, presentEntry(actual, facts)];
    }),
  );
}
