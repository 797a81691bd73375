import { createHash } from "node:crypto";
import { escapeGlob } from "../../../../model/glob.ts";
import type { PathFact } from "../../../../model/observation.ts";
import { formatStep } from "../../../../model/pointer.ts";
import { encodeId } from "../../ids.ts";
import type { HostKind } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import type { ByteText } from "../bytes.ts";
import { unreadOf } from "../command.ts";
import { commandFacts, holdsSecret, SECRET_NAME } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { cronJobFacts } from "./cron-job.facts.ts";
import { CRONTAB_PLACES, type CrontabFile, findCrontabs } from "./find-crontabs.ts";
import { type CronLine, environmentOf, jobOf, parseCrontab } from "./parse-crontab.ts";

const WRITABLE_BY_OTHERS = 0o022;

/** Jobs of cron: of the system's crontab and folder, where each line names its user, and of the users' own crontabs. */
export const cronJobKind: HostKind = {
  facts: cronJobFacts,
  permissions: [
    {
      kinds: [cronJobFacts.kind],
      access: CRONTAB_PLACES.system,
      needs: "anyone, where the files are readable to all",
      without: "the system's jobs",
    },
    { kinds: [cronJobFacts.kind], access: CRONTAB_PLACES.users, needs: "root", without: "the users' own jobs" },
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

async function readCrontab(file: CrontabFile, transport: Transport): Promise<Table> {
  const name = encodeId(file.path);
  const hidden = (why: Unread): Table => ({
    status: "read",
    entries: new Map(),
    gaps: [{ glob: `${escapeGlob(name)}#*`, reason: why.reason, detail: why.detail }],
  });
  const content = await transport.readFile(file.path);
  if (!content.ok) return content.reason === "absent" ? NO_JOBS : hidden(unreadOf(content));
  const { lines, mistake } = parseCrontab(content.value, file);
  const refused = refusal(file) ?? (file.dialect === "debian" ? mistake : undefined);
  const entries = toEntries(name, lines);
  if (refused !== undefined) {
    // None of its jobs is run, yet they stand there: that is neither as declared nor gone.
    const why = unread("failed", `Cannot tell the jobs of "${name}": cron ignores it, because ${refused}`);
    return { ...hidden(why), entries: new Map(Array.from(entries.keys(), (id) => [id, why])) };
  }
  if (mistake === undefined) return { status: "read", entries, gaps: [] };
  const why = unread("failed", `Cannot tell all jobs of "${name}": ${mistake}`);
  return { ...hidden(why), entries };
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
  // Every job is made with one line at least.
  return new Map(Array.from(jobs, ([id, all]): [string, Entry] => [id, toEntry(all[0] as CronLine, all)]));
}

function toEntry(first: CronLine, all: readonly CronLine[]): Entry {
  const job = jobOf(first);
  const schedules = new Set(all.map((line) => jobOf(line).schedule));
  const environment = environmentOf(all);
  const actual = {
    ...job,
    schedule: [...schedules].sort().join("; "),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
  };
  return presentEntry(actual, [...commandFacts("/command", [job.command]), ...secretFacts(environment)]);
}

function secretFacts(environment: Readonly<Record<string, string>>): readonly PathFact[] {
  return Object.entries(environment).flatMap(([name, value]): readonly PathFact[] =>
    SECRET_NAME.test(name) || holdsSecret(value)
      ? [{ path: `/environment${formatStep(name)}`, fact: "sensitive" }]
      : [],
  );
}
