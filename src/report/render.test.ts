import { describe, expect, it } from "vitest";
import { calmResult, NOW } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { FORMATS, type RenderOptions, render } from "./render.ts";

const OPTIONS: RenderOptions = { color: false, explain: false, now: NOW, version: "0.1.0" };

function idsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\bf_[a-z2-7]{12}\b/g))].sort();
}

describe.each(FORMATS)("the format %s", (format) => {
  it("holds the ids of every finding of the scan, and no others", () => {
    const { findings, resolved } = richResult();
    expect(idsIn(render(richResult(), format, OPTIONS))).toEqual([...findings, ...resolved].map(({ id }) => id).sort());
    expect(idsIn(render(calmResult(), format, OPTIONS))).toEqual([]);
  });

  it("is the same text for the same scan, and ends in a line feed", () => {
    const text = render(richResult(), format, OPTIONS);
    expect(render(richResult(), format, OPTIONS)).toBe(text);
    expect(text.endsWith("\n")).toBe(true);
    expect(text.endsWith("\n\n")).toBe(false);
  });

  it("changes nothing of the scan that it renders", () => {
    const result = richResult();
    render(result, format, { ...OPTIONS, explain: true });
    expect(result).toEqual(richResult());
  });

  it("shows every answer that is missing", () => {
    const text = render(richResult(), format, OPTIONS);
    for (const resource of ["/root/.netrc", "/etc/shadow", "/srv/locked/**", "nginx.service"])
      expect(text).toContain(resource);
  });

  it("shows known gaps, what was folded by its reason, and warnings", () => {
    const text = render(richResult(), format, OPTIONS);
    for (const words of [
      "write-only: it can never be read",
      "patched by unattended-upgrades",
      "changes that are not committed",
    ]) {
      expect(text).toContain(words);
    }
  });
});
