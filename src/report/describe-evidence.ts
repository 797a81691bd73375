import type { Finding } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { ChangeView, DiffLimits } from "./describe-change.ts";
import type { TextLine } from "./diff-text.ts";
import { formatValue } from "./format-value.ts";
import { cutMiddle, formatPlural, visible } from "./visible.ts";

/** What is known of a finding besides its changes, each as one more entry under its own name. */
export function describeEvidence({ evidence = {} }: Finding, limits: DiffLimits): readonly ChangeView[] {
  return Object.entries(evidence).map(([name, value]) => ({
    path: visible(name),
    diff: isUnifiedDiff(value)
      ? { form: "lines", lines: cutDiff(value.split("\n").slice(2), limits) }
      : {
          form: "sentence",
          text: typeof value === "string" ? cutMiddle(visible(value), limits.value) : formatValue(value, limits.value),
        },
    notes: [],
  }));
}

function isUnifiedDiff(value: Json): value is string {
  return typeof value === "string" && /^--- [^\n]*\n\+\+\+ [^\n]*\n@@ /.test(value);
}

function cutDiff(lines: readonly string[], limits: DiffLimits): readonly TextLine[] {
  const kept = lines.length <= limits.lines ? lines : lines.slice(0, limits.lines - 1);
  const told = kept.map((line) => asTextLine(line, limits.value));
  const rest = formatPlural(lines.length - kept.length, "more line");
  return kept.length === lines.length ? told : [...told, { mark: " ", text: `… ${rest}` }];
}

function asTextLine(line: string, limit: number): TextLine {
  const mark = line.charAt(0);
  if (mark === "-" || mark === "+") return { mark, text: cutMiddle(visible(line.slice(1)), limit) };
  return { mark: " ", text: cutMiddle(visible(mark === " " ? line.slice(1) : line), limit) };
}
