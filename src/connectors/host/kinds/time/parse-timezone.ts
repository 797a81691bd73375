import { type ByteText, linesOf, toByteText, valueText } from "../bytes.ts";

/** The zone that a link leads to; undefined where it leads to none by name. */
export function zoneOfLink(target: ByteText): string | undefined {
  const name = /(?:^|\/)zoneinfo\/(?:posix\/)?(.+)$/.exec(target)?.[1];
  return name === undefined ? undefined : valueText(name);
}

/** The zone in /etc/timezone: a comment or an empty line is none. */
export function zoneOfFile(content: Uint8Array): string | undefined {
  const line = linesOf(content)
    .map((each) => each.replace(/#.*$/, "").trim())
    .find((each) => each !== "");
  return line === undefined ? undefined : valueText(line);
}

/** The rule at the end of a zone as tzfile(5) describes it; undefined where the bytes are no zone of version 2 or later. */
export function ruleOf(zone: Uint8Array): string | undefined {
  const text = toByteText(zone);
  const [, rule] = /^TZif[2-9].*\n([^\n]*)\n$/s.exec(text) ?? [];
  return rule === undefined ? undefined : valueText(rule);
}

/** The third line of /etc/adjtime (hwclock(8)); UTC where there is none. Undefined where it is neither. */
export function hardwareClockOf(content: Uint8Array): "utc" | "local" | undefined {
  const line = linesOf(content)[2]?.trim() ?? "";
  if (line === "" || line === "UTC") return "utc";
  return line === "LOCAL" ? "local" : undefined;
}
