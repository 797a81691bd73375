import type { ScanResult } from "../model/scan-result.ts";
import type { Instant } from "../model/time.ts";
import { renderHtml } from "./html.ts";
import { renderHuman } from "./human.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";

export const FORMATS = ["human", "json", "sarif", "junit", "markdown", "html"] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  /** Whether `human` may use terminal colours; no other format does. */
  readonly color: boolean;
  /** Columns that `human` has; 100 when left out. */
  readonly width?: number;
  /** Whether each folded difference is listed (where the result holds them), and nothing is shortened in `human`. */
  readonly explain: boolean;
  /** The time that ages ("3 hours ago") are told from. */
  readonly now: Instant;
  /** Of Leeway itself. */
  readonly version: string;
}

const DEFAULT_WIDTH = 100;

/**
 * One scan as text, ending in a line feed. Pure: the same result and options give the same text. Every format holds the same
 * findings; none leaves one out by a rule of its own, except that `markdown` says how many did not fit.
 */
export function render(result: ScanResult, format: Format, options: RenderOptions): string {
  const { color, width = DEFAULT_WIDTH, explain, now, version } = options;
  switch (format) {
    case "human":
      return renderHuman(result, { color, width, explain, now });
    case "json":
      return renderJson(result);
    case "sarif":
      return renderSarif(result, version);
    case "junit":
      return renderJunit(result);
    case "markdown":
      return renderMarkdown(result, { explain, now });
    case "html":
      return renderHtml(result, { now, version });
  }
}
