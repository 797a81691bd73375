import { FINDING_TYPES, type Finding, SEVERITIES, STATUSES } from "../model/finding.ts";
import { type Html, html, NOTHING } from "./html-text.ts";
import { formatPlural } from "./visible.ts";

/** The filters, hidden until the page's own script shows them: without it they would do nothing. */
export function filters(findings: readonly Finding[]): Html {
  const targets = [...new Set(findings.map(({ target }) => target))];
  const present = <T extends string>(all: readonly T[], of: (finding: Finding) => T) =>
    all.filter((value) => findings.some((finding) => of(finding) === value));
  return html`<div class="filters" id="filters" role="search" aria-label="Filter findings" hidden>
<label class="search">Search <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="path, title, id, value …" aria-keyshortcuts="/"></label>
${group({ name: "severity", values: present(SEVERITIES, ({ severity }) => severity) })}
${group({ name: "type", values: present(FINDING_TYPES, ({ type }) => type) })}
${group({ name: "status", values: present(STATUSES, ({ status }) => status) })}
${group({ name: "target", values: targets })}
<p class="shown"><output id="shown">${formatPlural(findings.length, "finding")}</output> <button type="button" id="expand">Expand all</button> <button type="button" id="collapse">Collapse all</button> <button type="button" id="reset">Reset</button></p>
</div>`;
}

/** One value alone is nothing to choose from. */
function group({ name, values }: { readonly name: string; readonly values: readonly string[] }): Html {
  if (values.length < 2) return NOTHING;
  const chips = values.map(
    (value) =>
      html`<label class="chip ${name === "severity" ? value : ""}"><input type="checkbox" name="${name}" value="${value}"> ${value}</label>`,
  );
  return html`<fieldset><legend>${name}</legend>${chips}</fieldset>`;
}
