/**
 * What filters the findings of the page, opens all of them for printing, and opens the one that the address names. It holds no data,
 * so it is the same text in every report, and the page's content policy allows it by its hash and nothing else.
 */
export const SCRIPT = `
"use strict";
const findings = Array.from(document.querySelectorAll(".finding"));
const panel = document.getElementById("filters");
if (panel !== null) {
  const search = document.getElementById("search");
  const boxes = Array.from(panel.querySelectorAll("input[type=checkbox]"));
  const texts = new Map(findings.map((finding) => [finding, finding.textContent.toLowerCase()]));
  const matches = (finding) => {
    const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
    if (!words.every((word) => texts.get(finding).includes(word))) return false;
    return ["severity", "type", "status", "target"].every((name) => {
      const chosen = boxes.filter((box) => box.name === name && box.checked);
      return chosen.length === 0 || chosen.some((box) => box.value === finding.dataset[name]);
    });
  };
  const filter = () => {
    let shown = 0;
    for (const finding of findings) {
      finding.hidden = !matches(finding);
      if (!finding.hidden) shown += 1;
    }
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = group.querySelector(".finding:not([hidden])") === null;
    }
    document.getElementById("none").hidden = shown > 0;
    const all = findings.length === 1 ? "1 finding" : findings.length + " findings";
    document.getElementById("shown").textContent = shown === findings.length ? all : shown + " of " + all;
  };
  const openAll = (open) => {
    for (const finding of findings) if (!finding.hidden) finding.open = open;
  };
  panel.hidden = false;
  panel.addEventListener("input", filter);
  document.getElementById("expand").addEventListener("click", () => openAll(true));
  document.getElementById("collapse").addEventListener("click", () => openAll(false));
  document.getElementById("reset").addEventListener("click", () => {
    search.value = "";
    for (const box of boxes) box.checked = false;
    filter();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = document.activeElement !== null && document.activeElement.matches("input[type=search]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });
  filter();
}
const openNamed = () => {
  const named = document.getElementById(location.hash.slice(1));
  if (named !== null && named.matches(".finding")) named.open = true;
};
addEventListener("hashchange", openNamed);
openNamed();
let closed = [];
addEventListener("beforeprint", () => {
  closed = findings.filter((finding) => !finding.open);
  for (const finding of closed) finding.open = true;
});
addEventListener("afterprint", () => {
  for (const finding of closed) finding.open = false;
});
`;

/** SHA-256 of the text above, as a content policy writes it. A test compares the two. */
export const SCRIPT_HASH = "sha256-nE3AVPFPPVeJAxrEWwVXojnE5kqqRPAjaYkwUHng8Rc=";
