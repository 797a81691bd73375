import type { Finding } from "../model/finding.ts";
import type { Instant } from "../model/time.ts";
import { type ChangeView, type DiffLimits, describeChanges } from "./describe-change.ts";
import { type Html, html, NOTHING } from "./html-text.ts";
import { formatAge, formatInstant, formatSeconds } from "./time-words.ts";
import { controlWords, declaredWords, describeDrift, flappingWords, statusWords } from "./words.ts";

const LIMITS: DiffLimits = { value: 2000, lines: 200 };

/** One finding: a line that opens to its story and its diff. The script filters by its `data-` attributes. */
export function findingArticle(finding: Finding, now: Instant): Html {
  const { id, target, severity, type, status } = finding;
  const state =
    status === "open"
      ? NOTHING
      : html`<span class="tag ${status === "pending" ? "pending" : "decided"}">${status}</span>`;
  const flapping = finding.flapping ? html`<span class="tag pending">flapping</span>` : NOTHING;
  return html`<details class="finding ${severity}" id="${id}" data-severity="${severity}" data-type="${type}" data-status="${status}" data-target="${target}">
<summary><span class="tag severity">${severity}</span><span class="what"><span class="title">${finding.title}</span><span class="resource"><span class="kind">${finding.kind}</span> ${finding.resource}</span></span><span class="tags"><span class="tag">${type}</span><span class="tag">${finding.drift}</span>${state}${flapping}</span></summary>
<div class="story"><p>${describeDrift(finding.drift, finding.cause)}.</p>
<div class="changes">${describeChanges(finding, LIMITS).map(changeBlock)}</div>
<dl class="meta">${facts(finding, now).map(factItem)}</dl></div>
</details>`;
}

function changeBlock({ path, diff, notes }: ChangeView): Html {
  const label = path === "" ? NOTHING : html`<h4>${path}</h4>`;
  const noted = notes.map((note) => html`<p class="note">${note}</p>`);
  switch (diff.form) {
    case "sentence":
      return html`<div class="change">${label}<p>${diff.text}</p>${noted}</div>`;
    case "values":
      return html`<div class="change">${label}<div class="pair"><div class="before"><span class="side">expected</span><code>${diff.before}</code></div><div class="after"><span class="side">actual</span><code>${diff.after}</code></div></div>${noted}</div>`;
    case "lines":
      return html`<div class="change">${label}<div class="lines">${diff.lines.map(diffLine)}</div>${noted}</div>`;
  }
}

function diffLine({ mark, text }: { readonly mark: "-" | "+" | " "; readonly text: string }): Html {
  if (mark === "-") return html`<div class="line before"><span class="mark">−</span><del>${text}</del></div>`;
  if (mark === "+") return html`<div class="line after"><span class="mark">+</span><ins>${text}</ins></div>`;
  return html`<div class="line"><span class="mark"></span><span>${text}</span></div>`;
}

const AS_CODE: ReadonlySet<string> = new Set(["id", "declared at", "rule", "next"]);

function factItem([name, value]: Fact): Html {
  return html`<div><dt>${name}</dt><dd>${AS_CODE.has(name) ? html`<code>${value}</code>` : value}</dd></div>`;
}

type Fact = readonly [name: string, value: string];

function facts(finding: Finding, now: Instant): readonly Fact[] {
  const age = (instant: Instant) => `${formatInstant(instant)} (${formatAge(instant, now)})`;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["id", finding.id],
    ["place", `${finding.at}, target ${finding.target}`],
    [
      "status",
      [statusWords(finding) ?? finding.status, flappingWords(finding)]
        .filter((words) => words !== undefined)
        .join("; "),
    ],
    ["since", age(finding.sinceAt)],
    ["first seen", finding.firstSeenAt === finding.sinceAt ? undefined : age(finding.firstSeenAt)],
    ["occurred", occurrence(finding)],
    ["by", finding.actor ?? undefined],
    ["declared at", declaredWords(finding)],
    ["rule", finding.rule ?? undefined],
    ["controls", finding.controls.length === 0 ? undefined : controlWords(finding).join(", ")],
    ["next", `leeway show ${finding.id}`],
  ];
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function occurrence({ occurredAt, latencySeconds }: Finding): string | undefined {
  if (occurredAt === null) return undefined;
  return `${formatInstant(occurredAt)}${latencySeconds === null ? "" : `, found ${formatSeconds(latencySeconds)} later`}`;
}
