import type { ScanResult } from "../model/scan-result.ts";
import { groupUnchecked } from "./group-findings.ts";
import { type Html, html, NOTHING } from "./html-text.ts";
import { formatCount } from "./visible.ts";
import { REASON_WORDS, RESOLUTION_WORDS } from "./words.ts";

/** What is no finding: what is not known, what was folded away, what was resolved, what a person should look at. */
export function aside(result: ScanResult): Html {
  return html`${warnings(result)}${unchecked(result)}${resolved(result)}${knownGaps(result)}${folded(result)}`;
}

function warnings({ warnings: texts }: ScanResult): Html {
  if (texts.length === 0) return NOTHING;
  return section("Warnings", html`<ul class="plain">${texts.map((text) => html`<li>${text}</li>`)}</ul>`);
}

function unchecked({ unchecked: entries }: ScanResult): Html {
  if (entries.length === 0) return NOTHING;
  const groups = groupUnchecked(entries).map((group) => {
    const rows = group.entries.map((entry) => entryRow(entry, entry.detail));
    return html`<details class="list" open><summary>${group.target} · ${group.reason}: ${REASON_WORDS[group.reason]} <span class="count">${formatCount(group.entries.length)}</span></summary>${table("detail", rows)}</details>`;
  });
  return section(
    "Not checked",
    html`<p class="lead">Nothing is known of these: they are neither in sync nor drifted.</p>${groups}`,
  );
}

function resolved({ resolved: findings }: ScanResult): Html {
  if (findings.length === 0) return NOTHING;
  const rows = findings.map((finding) => {
    const how =
      finding.resolution === null ? "resolved" : `${finding.resolution}: ${RESOLUTION_WORDS[finding.resolution]}`;
    return html`<tr><td><code>${finding.id}</code></td><td>${finding.title}</td><td><code>${finding.kind} ${finding.resource}</code></td><td>${how}</td></tr>`;
  });
  return section(
    "Resolved by this scan",
    html`<div class="scroll"><table><thead><tr><th>id</th><th>finding</th><th>resource</th><th>how</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

function knownGaps({ knownGaps: gaps }: ScanResult): Html {
  if (gaps.length === 0) return NOTHING;
  const rows = gaps.map((gap) => entryRow(gap, gap.reason));
  return section(
    "Known gaps",
    html`<p class="lead">These are never compared: they can never be read, or somebody listed them with a reason.</p>${table("reason", rows)}`,
  );
}

/** Each fold where they were asked for, else how many there are of each reason. */
function folded({ folded: counts, folds }: ScanResult): Html {
  if (counts.length === 0) return NOTHING;
  const tally = counts.map(({ reason, count }) => html`<li><b>${formatCount(count)}</b> ${reason}</li>`);
  const rows = folds.map(({ resource, path, reason }) =>
    entryRow({ ...resource, resource: resource.id, path }, reason),
  );
  const list =
    rows.length === 0
      ? NOTHING
      : html`<details class="list"><summary>Each of them <span class="count">${formatCount(rows.length)}</span></summary>${table("reason", rows)}</details>`;
  return section(
    "Folded away",
    html`<p class="lead">Differences that are no drift, by reason.${rows.length === 0 ? html` A scan with <code>--explain</code> lists each.` : NOTHING}</p><ul class="plain">${tally}</ul>${list}`,
  );
}

function section(title: string, body: Html): Html {
  return html`<section><h2>${title}</h2>${body}</section>\n`;
}

function table(last: string, rows: readonly Html[]): Html {
  return html`<div class="scroll"><table><thead><tr><th>kind</th><th>resource</th><th>place</th><th>attribute</th><th>${last}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function entryRow(entry: { kind: string; at: string; resource: string; path: string | null }, why: string): Html {
  return html`<tr><td>${entry.kind}</td><td><code>${entry.resource}</code></td><td>${entry.at}</td><td>${entry.path ?? ""}</td><td>${why}</td></tr>`;
}
