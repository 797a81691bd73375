import { visible } from "./visible.ts";

/** A piece of HTML that is safe to put into a page: made by `html` alone, so foreign text cannot get in unescaped. */
export interface Html {
  readonly [MARKUP]: string;
}

const MARKUP: unique symbol = Symbol("markup");

export type HtmlValue = string | number | Html | readonly Html[];

/** A template whose values are escaped, for elements as well as quoted attributes, unless `html` made them. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const pieces = strings.map((text, index) => `${text}${index < values.length ? toMarkup(values[index]) : ""}`);
  return { [MARKUP]: pieces.join("") };
}

/** Markup that this program wrote, such as a style sheet. Must never be given anything that comes from a scan. */
export function trustedHtml(markup: string): Html {
  return { [MARKUP]: markup };
}

export function htmlText(piece: Html): string {
  return piece[MARKUP];
}

export const NOTHING: Html = trustedHtml("");

function toMarkup(value: HtmlValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return isPiece(value) ? value[MARKUP] : value.map(htmlText).join("");
}

function isPiece(value: Html | readonly Html[]): value is Html {
  return !Array.isArray(value);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
