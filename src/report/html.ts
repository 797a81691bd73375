import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { groupByTarget } from "./group-findings.ts";
import { aside } from "./html-aside.ts";
import { filters } from "./html-filters.ts";
import { findingArticle } from "./html-finding.ts";
import { SCRIPT, SCRIPT_HASH } from "./html-script.ts";
import { STYLE, STYLE_HASH } from "./html-style.ts";
import { type Html, html, htmlText, NOTHING, trustedHtml } from "./html-text.ts";
import { headline, type Summary, summarize } from "./summary.ts";
import { formatElapsed, formatInstant } from "./time-words.ts";
import { formatPlural } from "./visible.ts";
import { coverageParts, NO_ORPHANS, revisionWords, VERDICT_WORDS } from "./words.ts";

export interface HtmlOptions {
  readonly now: string;
  readonly version: string;
}

/**
 * One self-contained page: no request leaves it (its content policy forbids them), all data is escaped, and without scripting
 * everything but the filters works. Fit for light, dark, narrow and printed pages, and for the keyboard alone.
 */
export function renderHtml(result: ScanResult, options: HtmlOptions): string {
  const policy = `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Leeway ${options.version}">
<title>${headline(result)} · Leeway</title>
<style>${trustedHtml(STYLE)}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${banner(result, options)}
<main>
${targets(result.targets)}
${findings(result, options)}
${aside(result)}
</main>
<footer>Written by Leeway ${options.version} at ${formatInstant(options.now)}. This page holds all of its data and makes no request.</footer>
<script>${trustedHtml(SCRIPT)}</script>
</body>
</html>
`;
  return htmlText(page);
}

function banner(result: ScanResult, options: HtmlOptions): Html {
  const summary = summarize(result);
  const tiles = summary.bySeverity.map(
    ([severity, count]) => html`<li class="tile ${severity}"><b>${count}</b> ${severity}</li>`,
  );
  const unchecked =
    summary.unchecked === 0 ? NOTHING : html`<li class="tile unchecked"><b>${summary.unchecked}</b> unchecked</li>`;
  const resolved =
    result.resolved.length === 0
      ? NOTHING
      : html`<li class="tile resolved"><b>${result.resolved.length}</b> resolved</li>`;
  const scannedAt = result.targets[0]?.startedAt ?? options.now;
  return html`<header class="banner"><div class="brand"><svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><path class="hull" d="M5 21h22l-4 6H9z"/><path class="sail" d="M15 4v15H6z"/><path class="jib" d="M17 8l8 11h-8z"/></svg><span>Leeway</span><span class="when">Drift report · ${formatInstant(scannedAt)}</span></div>
<h1>${title(result, summary)}</h1>
<ul class="tiles">${tiles}${unchecked}${resolved}</ul></header>`;
}

/** The tiles give the severities, so the title gives the statuses. */
function title(result: ScanResult, { findings: count, byStatus }: Summary): string {
  if (count === 0) return headline(result);
  return `${formatPlural(count, "finding")}: ${byStatus.map(([status, of]) => `${of} ${status}`).join(", ")}`;
}

function targets(all: readonly TargetResult[]): Html {
  return html`<section aria-labelledby="targets-title"><h2 id="targets-title">Targets</h2><ul class="targets">${all.map(targetCard)}</ul></section>`;
}

function targetCard(target: TargetResult): Html {
  const { coverage } = target;
  const numbers = coverageParts(coverage).map(({ name, text }) => {
    const [count = "", ...words] = text.split(" ");
    return html`<div class="${name}"><dt>${words.join(" ")}</dt><dd>${count}</dd></div>`;
  });
  const failure =
    target.failure === null
      ? NOTHING
      : html`<p class="failure">${target.failure.message}${hint(target.failure.hint)}</p>`;
  const asked = Math.max(coverage.declared, coverage.checked);
  const bar =
    asked === 0
      ? NOTHING
      : html`<progress max="${asked}" value="${coverage.checked}" aria-label="Checked out of declared"></progress>`;
  return html`<li class="target"><div class="target-head"><h3>${target.name}</h3><span class="verdict ${target.verdict}">${VERDICT_WORDS[target.verdict]}</span></div>
<p class="facts"><span>${target.connector}</span> · <span title="${target.revision}">${revisionWords(target.revision)}</span> · <span>${formatInstant(target.startedAt)}</span> · <span>${formatElapsed(target.startedAt, target.finishedAt)}</span></p>
${failure}${target.failure === null ? html`${bar}<dl class="coverage">${numbers}</dl>` : NOTHING}${target.orphansLookedFor || target.failure !== null ? NOTHING : html`<p class="facts">${NO_ORPHANS}</p>`}</li>`;
}

function hint(text: string | null): Html {
  return text === null ? NOTHING : html` <span class="hint">${text}</span>`;
}

function findings(result: ScanResult, options: HtmlOptions): Html {
  if (result.findings.length === 0) {
    return html`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2><p class="empty">${summarize(result).isCalm ? "Nothing has drifted" : headline(result)}.</p></section>`;
  }
  const groups = groupByTarget(result).filter((group) => group.findings.length > 0);
  const lists = groups.map(
    (group) =>
      html`<div class="group"><h3>${group.name}</h3>${group.findings.map((finding) => findingArticle(finding, options.now))}</div>`,
  );
  return html`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>
${filters(result.findings)}
<p class="empty" id="none" hidden>No finding matches these filters.</p>
${lists}</section>`;
}
