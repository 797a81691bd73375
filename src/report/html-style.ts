/** The style sheet of the page: system fonts, no images, colours by variables so that dark is one block. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #17202b; --soft: #5a6675; --line: #dfe3e9; --sunken: #f1f3f6;
  --accent: #0b5cad; --focus: #0b5cad;
  --critical: #b3151f; --critical-bg: #fdebec; --warning: #8a5300; --warning-bg: #fff3dc;
  --informational: #1c5fa8; --informational-bg: #e8f1fc; --good: #14713d; --good-bg: #e4f5eb;
  --removed: #a0121b; --removed-bg: #fdecec; --added: #10653a; --added-bg: #e6f6ec;
  --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 1px 3px rgb(16 24 40 / 5%);
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0e1319; --card: #161d26; --ink: #e6ebf2; --soft: #9aa7b7; --line: #2a3441; --sunken: #10161d;
    --accent: #74b4ff; --focus: #74b4ff;
    --critical: #ff8a8f; --critical-bg: #3a1a1e; --warning: #f4bd62; --warning-bg: #36290f;
    --informational: #86bcff; --informational-bg: #15283f; --good: #6fd49a; --good-bg: #12301f;
    --removed: #ff9a9e; --removed-bg: #33191c; --added: #7fdca6; --added-bg: #122c1e;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
body { margin: 0; background: var(--page); color: var(--ink); }
code, .resource, .change h4, .lines { font-family: var(--mono); font-size: .87em; }
h1, h2, h3, h4, p, ul, dl, dd { margin: 0; padding: 0; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 16px; top: 12px; background: var(--card); padding: 6px 12px; z-index: 9; }
.banner, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 24px; }
.banner { padding-top: 28px; padding-bottom: 4px; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; font-size: 1.05rem; letter-spacing: -.01em; }
.brand .when { margin-left: auto; font-weight: 400; font-size: .9rem; color: var(--soft); letter-spacing: 0; }
.hull { fill: var(--ink); } .sail { fill: var(--accent); } .jib { fill: var(--accent); opacity: .55; }
h1 { font-size: 1.5rem; line-height: 1.3; letter-spacing: -.02em; font-weight: 650; margin-top: 18px; text-wrap: balance; }
h2 { font-size: 1.05rem; letter-spacing: -.01em; font-weight: 650; margin: 32px 0 12px; }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
.tile { display: flex; align-items: baseline; gap: 7px; padding: 5px 14px; border-radius: 999px; font-size: .9rem; background: var(--sunken); color: var(--soft); }
.tile b { font-size: 1.05rem; font-variant-numeric: tabular-nums; }
.tile.critical { background: var(--critical-bg); color: var(--critical); }
.tile.warning, .tile.unchecked { background: var(--warning-bg); color: var(--warning); }
.tile.informational { background: var(--informational-bg); color: var(--informational); }
.tile.resolved { background: var(--good-bg); color: var(--good); }
.targets { list-style: none; display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.target, .filters, .list, .scroll { background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.target { padding: 14px 16px; }
.target-head { display: flex; align-items: start; justify-content: space-between; gap: 12px; }
.target h3 { font-size: 1rem; overflow-wrap: anywhere; }
.verdict { border-radius: 6px; padding: 1px 8px; font-size: .8rem; font-weight: 600; text-align: right; background: var(--warning-bg); color: var(--warning); }
.verdict.in-sync { background: var(--good-bg); color: var(--good); }
.verdict.failed { background: var(--critical-bg); color: var(--critical); }
.facts, .lead, .note, .hint { color: var(--soft); font-size: .87rem; overflow-wrap: anywhere; }
.facts span { white-space: nowrap; }
.coverage + .facts { margin-top: 10px; }
.lead { margin-bottom: 10px; }
.failure { margin-top: 10px; overflow-wrap: anywhere; }
.hint { display: block; }
progress { display: block; width: 100%; height: 6px; margin: 12px 0; border: 0; border-radius: 3px; overflow: hidden; appearance: none; background: var(--warning); }
progress::-webkit-progress-bar { background: var(--warning); }
progress::-webkit-progress-value { background: var(--good); }
progress::-moz-progress-bar { background: var(--good); }
.coverage { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px 12px; }
.coverage div { display: flex; flex-direction: column-reverse; }
.coverage dt { color: var(--soft); font-size: .8rem; }
.coverage dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: 12px 20px; padding: 14px 16px; margin-bottom: 14px; }
.search { flex: 1 1 100%; font-size: .8rem; color: var(--soft); }
.search input { display: block; width: 100%; margin-top: 3px; padding: 8px 12px; font: inherit; font-size: .95rem; color: var(--ink); background: var(--sunken); border: 1px solid var(--line); border-radius: 7px; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 6px; min-width: 0; }
legend::first-letter, .meta dt::first-letter { text-transform: uppercase; }
legend { float: left; padding: 0; margin-bottom: 3px; font-size: .8rem; color: var(--soft); width: 100%; }
.chip { position: relative; display: inline-flex; align-items: center; padding: 3px 11px; font-size: .87rem; border: 1px solid var(--line); border-radius: 999px; cursor: pointer; user-select: none; overflow-wrap: anywhere; }
.chip input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.chip:hover { border-color: var(--soft); }
.chip:has(:checked) { background: var(--ink); color: var(--card); border-color: var(--ink); }
.chip:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 2px; }
.chip.critical::before, .chip.warning::before, .chip.informational::before { content: ""; width: 8px; height: 8px; border-radius: 50%; margin-right: 7px; background: var(--critical); }
.chip.warning::before { background: var(--warning); }
.chip.informational::before { background: var(--informational); }
.shown { margin-left: auto; font-size: .87rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.shown output { margin-right: 6px; font-variant-numeric: tabular-nums; }
button { font: inherit; font-size: .87rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 3px 11px; cursor: pointer; }
button:hover { border-color: var(--soft); }
.group > h3 { font-size: .87rem; font-weight: 600; color: var(--soft); margin: 18px 0 8px; overflow-wrap: anywhere; }
.finding { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--informational); border-radius: 8px; box-shadow: var(--shadow); margin-bottom: 8px; }
.finding.critical { border-left-color: var(--critical); }
.finding.warning { border-left-color: var(--warning); }
.finding > summary { display: flex; align-items: center; gap: 14px; padding: 10px 14px; cursor: pointer; list-style: none; border-radius: 6px; }
.finding > summary::-webkit-details-marker { display: none; }
.finding > summary::after { content: ""; flex: none; width: 7px; height: 7px; margin: 0 4px; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
.finding[open] > summary::after { transform: rotate(45deg); }
.finding > summary:hover { background: var(--sunken); }
.what { flex: 1; min-width: 0; display: flex; flex-direction: column; }
.title { font-weight: 600; overflow-wrap: anywhere; }
.resource { color: var(--soft); overflow-wrap: anywhere; }
.kind { opacity: .85; }
.tags { display: flex; flex-wrap: wrap; gap: 5px; justify-content: end; }
.tag { border-radius: 6px; padding: 1px 8px; font-size: .78rem; background: var(--sunken); color: var(--soft); white-space: nowrap; }
.tag.pending { background: var(--warning-bg); color: var(--warning); }
.tag.decided { background: var(--good-bg); color: var(--good); }
.tag.severity { flex: none; width: 9.2em; text-align: center; font-weight: 600; background: var(--informational-bg); color: var(--informational); }
.critical .tag.severity { background: var(--critical-bg); color: var(--critical); }
.warning .tag.severity { background: var(--warning-bg); color: var(--warning); }
.story { padding: 2px 16px 16px; border-top: 1px solid var(--line); }
.story > p { margin: 12px 0; }
.story > p::first-letter { text-transform: uppercase; }
.change { border: 1px solid var(--line); border-radius: 8px; margin-bottom: 10px; overflow: hidden; }
.change > h4, .change > p { padding: 6px 12px; margin: 0; overflow-wrap: anywhere; }
.change > h4 { font-weight: 600; background: var(--sunken); border-bottom: 1px solid var(--line); }
.change > .note { border-top: 1px solid var(--line); }
.pair { display: grid; grid-template-columns: 1fr 1fr; }
.pair > div { padding: 7px 12px 9px; min-width: 0; }
.pair code { display: block; overflow-wrap: anywhere; }
.side { font-size: .75rem; opacity: .8; }
.before { background: var(--removed-bg); color: var(--removed); }
.after { background: var(--added-bg); color: var(--added); }
.line { display: flex; gap: 10px; padding: 1px 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.line > :last-child { min-width: 0; }
.mark { flex: none; width: 1ch; user-select: none; }
del, ins { text-decoration: none; }
.meta { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); gap: 8px 20px; margin-top: 14px; }
.meta dt { color: var(--soft); font-size: .78rem; }
.meta dd { font-size: .9rem; overflow-wrap: anywhere; }
.meta code { font-size: .93em; }
.empty { padding: 22px; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: 10px; }
.list { margin-bottom: 10px; overflow: hidden; }
.list > summary { padding: 9px 14px; cursor: pointer; font-size: .93rem; }
.list .scroll { border: 0; border-top: 1px solid var(--line); border-radius: 0; box-shadow: none; }
.count { float: right; color: var(--soft); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .87rem; }
th, td { text-align: left; padding: 7px 14px; vertical-align: top; overflow-wrap: anywhere; min-width: 6em; }
th { color: var(--soft); font-weight: 500; }
tbody tr { border-top: 1px solid var(--line); }
.plain { padding-left: 18px; }
.plain + .list { margin-top: 12px; }
footer { color: var(--soft); font-size: .82rem; padding-top: 36px; padding-bottom: 36px; }
@media (max-width: 640px) {
  .banner, main, footer { padding-left: 14px; padding-right: 14px; }
  .finding > summary { flex-wrap: wrap; gap: 4px 10px; position: relative; padding-right: 34px; }
  .finding > summary::after { position: absolute; right: 14px; top: 16px; }
  .tag.severity { width: auto; }
  .what { flex-basis: 100%; order: 3; }
  .pair { grid-template-columns: 1fr; }
  .shown { margin-left: 0; }
  .meta { grid-template-columns: 1fr 1fr; }
}
@media print {
  :root { --page: #fff; --card: #fff; --shadow: none; }
  html { font-size: 11px; }
  .filters, .skip, .finding > summary::after { display: none !important; }
  .banner, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  .change, .target, tr { break-inside: avoid; }
  h2, h3, h4, .lead, .finding > summary { break-after: avoid; }
  .story, .change { border-color: var(--line); }
  .tag, .tile, .verdict, .before, .after { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (prefers-reduced-motion: no-preference) {
  .finding > summary::after { transition: transform .12s; }
}
`;

/** SHA-256 of the text above, as a content policy writes it. A test compares the two. */
export const STYLE_HASH = "sha256-QX7tVH9LVbIbZy+0Eo495BUS5Yf7FKUQr+gtrNRfaPc=";
