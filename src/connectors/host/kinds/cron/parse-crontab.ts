import { setOwn } from "../../../../model/json.ts";
import { type ByteText, idText, toByteText, valueText } from "../bytes.ts";

/** One line of a crontab that is run. */
export interface CronLine {
  /** The five time fields parted by single spaces, or a nickname such as `@daily`. */
  readonly schedule: string;
  readonly user: ByteText;
  readonly command: ByteText;
  /** The settings above the line, by name. */
  readonly settings: ReadonlyMap<ByteText, ByteText>;
}

/**
 * Debian's cron ignores a whole file for one line that it does not understand; cronie (Red Hat, SUSE) and busybox (Alpine) ignore that
 * line alone.
 */
export type Dialect = "debian" | "cronie";

export interface Crontab {
  readonly lines: readonly CronLine[];
  /** The first line that cron does not understand, in words that go on after a colon. */
  readonly mistake?: string;
}

/** What a name in /etc/cron.d must be like. Debian's cron passes over `backup.sh`, which cronie runs. */
export function isCronFileName(name: ByteText, dialect: Dialect): boolean {
  if (dialect === "debian") return /^[A-Za-z0-9_-]+$/.test(name);
  return !/^[.#]|~$|\.rpm(?:save|orig|new)$/.test(name);
}

/** Cron takes `name = value` for a setting before it looks for a schedule; either may stand in quotes. */
const SETTING = /^(?:"([^"]*)"|'([^']*)'|([^\s="'][^\s=]*))\s*=\s*(.*)$/s;
const NICKNAME = /^(@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly))[ \t]+(.*)$/s;
const FIELDS = /^(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(.*)$/s;
const USER = /^(\S+)[ \t]+(.*)$/s;

/**
 * Parses a crontab. @param owner whose crontab it is; missing where each line names its user (/etc/crontab, /etc/cron.d)
 * @returns of Debian's dialect nothing behind the first line that is not understood, of others all lines that are
 */
export function parseCrontab(
  bytes: Uint8Array,
  { owner, dialect }: { readonly owner?: ByteText; readonly dialect: Dialect },
): Crontab {
  const ended = toByteText(bytes).split("\n");
  const last = ended.pop() ?? "";
  // Debian's cron takes no job of the file then, cronie those of the other lines.
  const read = readLines(dialect === "debian" ? [...ended, last] : ended, { owner, dialect });
  const mistake = read.mistake ?? (last === "" ? undefined : "its last line has no end");
  return mistake === undefined ? { lines: read.lines } : { lines: read.lines, mistake };
}

function readLines(raws: readonly ByteText[], options: LineOptions): Crontab {
  const lines: CronLine[] = [];
  let settings: ReadonlyMap<ByteText, ByteText> = new Map();
  let unknown: number | undefined;
  const all = raws.map((raw, index) => ({ line: raw.replace(/^[ \t]+/, ""), number: index + 1 }));
  for (const { line, number } of all.filter((each) => !/^(?:#|$)/.test(each.line))) {
    const setting = settingOf(line);
    const parsed = setting === undefined ? parseLine(line, options) : undefined;
    if (setting !== undefined) settings = new Map([...settings, setting]);
    else if (parsed !== undefined) lines.push({ ...parsed, settings });
    else unknown ??= number;
    if (unknown !== undefined && options.dialect === "debian") break;
  }
  return unknown === undefined ? { lines } : { lines, mistake: `line ${unknown} is none that cron understands` };
}

function settingOf(line: ByteText): readonly [ByteText, ByteText] | undefined {
  const [, double, single, plain, value] = SETTING.exec(line) ?? [];
  const name = double ?? single ?? plain;
  if (name === undefined || value === undefined) return undefined;
  const text = value.trimEnd();
  return [name, /^(?:"[^"]*"|'[^']*')$/.test(text) ? text.slice(1, -1) : text];
}

type TimedLine = Omit<CronLine, "settings">;

interface LineOptions {
  readonly owner: ByteText | undefined;
  readonly dialect: Dialect;
}

function parseLine(line: ByteText, { owner, dialect }: LineOptions): TimedLine | undefined {
  const timed = splitSchedule(line, dialect);
  if (timed === undefined) return undefined;
  if (owner !== undefined)
    return timed.rest === "" ? undefined : { schedule: timed.schedule, user: owner, command: timed.rest };
  const [, user, command] = USER.exec(timed.rest) ?? [];
  return user === undefined || !command ? undefined : { schedule: timed.schedule, user, command };
}

function splitSchedule(
  line: ByteText,
  dialect: Dialect,
): { readonly schedule: string; readonly rest: ByteText } | undefined {
  const [, nickname, afterNickname] = NICKNAME.exec(line) ?? [];
  if (nickname !== undefined) return { schedule: nickname, rest: afterNickname ?? "" };
  const [, minute = "", hour = "", day = "", month = "", weekday = "", rest] = FIELDS.exec(line) ?? [];
  const fields = [minute, hour, day, month, weekday];
  const areValid = fields.every((field, index) =>
    isField(dialect === "cronie" ? plainField(field, index) : field, RANGES[index] ?? EMPTY_RANGE),
  );
  return rest === undefined || !areValid ? undefined : { schedule: fields.map(valueText).join(" "), rest };
}

/** What cronie takes besides: `-` before the minute keeps the job out of the log, and a random value between two is `0~59`. */
function plainField(field: string, index: number): string {
  return (index === 0 ? field.replace(/^-/, "") : field).replace(/~/g, "-");
}

interface Range {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const EMPTY_RANGE: Range = { low: 0, high: -1, names: [] };
const RANGES: readonly Range[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" ") },
  { low: 0, high: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];
const ITEM = /^(?:\*|([A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?)(?:\/([0-9]+))?$/;

/** A list of `*`, a value or a span of values, each with an optional step. */
function isField(field: string, range: Range): boolean {
  return field.split(",").every((item) => {
    const match = ITEM.exec(item);
    if (match === null) return false;
    const [, from, to, step] = match;
    const isInside = (value: string | undefined) => value === undefined || isValue(value, range);
    return isInside(from) && isInside(to) && (step === undefined || Number(step) > 0);
  });
}

function isValue(value: string, { low, high, names }: Range): boolean {
  if (names.includes(value.toLowerCase())) return true;
  return /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high;
}

/** A job's user and command as attributes write them. */
export function jobOf({ schedule, user, command }: TimedLine): { schedule: string; user: string; command: string } {
  return { schedule, user: idText(user), command: valueText(command) };
}

/** The settings above the lines of one job; where they are not the same above each, their values parted by semicolons. */
export function environmentOf(lines: readonly Pick<CronLine, "settings">[]): Readonly<Record<string, string>> {
  const environment: { [name: string]: string } = {};
  const names = new Set(lines.flatMap(({ settings }) => [...settings.keys()]));
  for (const name of [...names].sort()) {
    const values = new Set(lines.map(({ settings }) => valueText(settings.get(name) ?? "")));
    setOwn(environment, valueText(name), [...values].sort().join("; "));
  }
  return environment;
}
