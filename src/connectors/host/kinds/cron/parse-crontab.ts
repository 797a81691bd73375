import { type ByteText, idText, toByteText, valueText } from "../bytes.ts";

/** One line of a crontab that is run. */
export interface CronLine {
  /** The five time fields parted by single spaces, or a nickname such as `@daily`. */
  readonly schedule: string;
  readonly user: ByteText;
  readonly command: ByteText;
}

export interface Crontab {
  readonly lines: readonly CronLine[];
  /** What cron refuses the whole file for. */
  readonly mistake?: string;
}

/** Names that Debian's cron takes from /etc/cron.d; all others (`backup.dpkg-old`) it passes over. */
export function isCronFileName(name: ByteText): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name);
}

/** Cron takes `name = value` for a setting before it looks for a schedule; the name may stand in quotes. */
const SETTING = /^(?:"[^"]*"|'[^']*'|[^\s="'][^\s=]*)\s*=/;
const NICKNAME = /^(@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly))[ \t]+(.*)$/s;
const FIELDS = /^(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]+(.*)$/s;
const USER = /^(\S+)[ \t]+(.*)$/s;

/**
 * Parses a crontab as Debian's cron does: a line that it does not understand, or a last one that does not end, makes it ignore the
 * whole file. @param owner whose crontab it is; missing where each line names its user (/etc/crontab, /etc/cron.d)
 */
export function parseCrontab(bytes: Uint8Array, owner?: ByteText): Crontab {
  const text = toByteText(bytes);
  const lines: CronLine[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/^[ \t]+/, "");
    if (line === "" || line.startsWith("#") || SETTING.test(line)) continue;
    const parsed = parseLine(line, owner);
    if (parsed === undefined) return { lines, mistake: `line ${index + 1} is none that cron understands` };
    lines.push(parsed);
  }
  return text === "" || text.endsWith("\n") ? { lines } : { lines, mistake: "its last line has no end" };
}

function parseLine(line: ByteText, owner: ByteText | undefined): CronLine | undefined {
  const timed = splitSchedule(line);
  if (timed === undefined) return undefined;
  if (owner !== undefined)
    return timed.rest === "" ? undefined : { schedule: timed.schedule, user: owner, command: timed.rest };
  const [, user, command] = USER.exec(timed.rest) ?? [];
  return user === undefined || !command ? undefined : { schedule: timed.schedule, user, command };
}

function splitSchedule(line: ByteText): { readonly schedule: string; readonly rest: ByteText } | undefined {
  const [, nickname, afterNickname] = NICKNAME.exec(line) ?? [];
  if (nickname !== undefined) return { schedule: nickname, rest: afterNickname ?? "" };
  const [, minute = "", hour = "", day = "", month = "", weekday = "", rest] = FIELDS.exec(line) ?? [];
  const fields = [minute, hour, day, month, weekday];
  const areValid = fields.every((field, index) => isField(field, RANGES[index] ?? EMPTY_RANGE));
  return rest === undefined || !areValid ? undefined : { schedule: fields.map(valueText).join(" "), rest };
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
export function jobOf({ schedule, user, command }: CronLine): { schedule: string; user: string; command: string } {
  return { schedule, user: idText(user), command: valueText(command) };
}
