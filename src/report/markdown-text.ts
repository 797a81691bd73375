import { cutMiddle, visible } from "./visible.ts";

/** A text that is no diff is cut to this: nobody reads more of it in a comment. */
const TEXT_LIMIT = 240;

/** Characters that mean something to Markdown, to HTML or to a table. */
const MARKUP = /[&<>|`*_[\]\\~$"]/g;

/** A zero-width space: `visible` leaves none of its own. */
const GAP = "\u200b";
/** What starts a mention, the number of an issue, or an address. */
const REFERENCE = /[@#](?=\w)|:(?=\/\/)|\bwww\.|\bGH-(?=\d)/gi;

/**
 * Foreign text as plain text, in a paragraph, a table cell or an HTML element: nothing in it is markup. A zero-width space behind
 * `@` and `#`, and in the start of an address, keeps it from mentioning people, issues and sites.
 */
export function plain(text: string): string {
  const shown = cutMiddle(visible(text), TEXT_LIMIT).replace(REFERENCE, `$&${GAP}`);
  return escapeMarkup(shown).replaceAll(GAP, `&#${GAP.charCodeAt(0)};`);
}

/** Foreign text as code. A code span holds everything literally but its own mark and, in a table, a bar: those are escaped. */
export function code(text: string): string {
  const shown = cutMiddle(visible(text), TEXT_LIMIT);
  const isPlain = !/[`|\\]/.test(shown) && shown.trim() === shown && shown !== "";
  return isPlain ? `\`${shown}\`` : `<code>${escapeMarkup(shown)}</code>`;
}

/** Lines that are already free of unseen characters as a fenced block, whose fence is longer than any in them. */
export function fence(language: string, lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.map((line) => Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length))),
  );
  const mark = "`".repeat(longest + 1);
  return [`${mark}${language}`, ...lines, mark].join("\n");
}

/** As numbers, which Markdown never takes for structure, whatever stands around them. */
function escapeMarkup(text: string): string {
  return text.replace(MARKUP, (character) => `&#${character.charCodeAt(0)};`);
}
