import { parseUntil } from "../config/until.ts";
import { KnownError } from "../errors.ts";
import { addMs, type Instant, parseDuration } from "../model/time.ts";

/** The options of one command, as commander gives them: checked here where commander cannot. */
export type Options = Readonly<Record<string, unknown>>;

export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

export function listOption(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function flag(options: Options, name: string): boolean {
  return options[name] === true;
}

/** @throws KnownError `USAGE` */
export function durationOption(options: Options, name: string): number {
  const text = textOption(options, name) ?? "0s";
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw new KnownError("USAGE", `Cannot read --${name} "${text}": expected a duration`, {
    hint: "write it like 90s, 60m or 30d",
  });
}

/** A date, a moment or a duration from now. @throws KnownError `USAGE` */
export function untilOption(options: Options, now: Instant): Instant | undefined {
  const text = textOption(options, "until");
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  const until = durationMs === undefined ? parseUntil(text) : addMs(now, durationMs);
  if (until !== undefined) return until;
  throw new KnownError("USAGE", `Cannot read --until "${text}": expected a date or a duration`, {
    hint: "write it like 2027-03-01 or 30d",
  });
}
