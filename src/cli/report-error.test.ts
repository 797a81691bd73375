import { describe, expect, it } from "vitest";
import { KnownError } from "../errors.ts";
import { formatError } from "./report-error.ts";

const TRACE_LINE = /^ {4}at /m;

describe("formatError", () => {
  it("tells a known error in one line, without a trace", () => {
    const cause = new Error("inner");
    expect(formatError(new KnownError("NOT_FOUND", `Cannot find finding "f_1": there is none`, { cause }))).toBe(
      `error[NOT_FOUND]: Cannot find finding "f_1": there is none`,
    );
  });

  it("ends with the hint", () => {
    expect(formatError(new KnownError("USAGE", "Cannot do it", { hint: "do this" }))).toBe(
      "error[USAGE]: Cannot do it\n  hint: do this",
    );
  });

  it("shows each problem with its place, its line and its own hint, in their order", () => {
    const problems = [
      { file: "leeway.yaml", line: 3, column: 5, message: "unknown key", excerpt: "  tragets:", hint: "targets" },
      { file: "leeway.yaml", line: 9, message: "no place" },
      { file: "other.yaml", message: "is empty" },
    ];
    expect(
      formatError(new KnownError("CONFIG_INVALID", "Cannot use it", { problems, hint: "mend it" })),
    ).toMatchInlineSnapshot(`
        "error[CONFIG_INVALID]: Cannot use it
          leeway.yaml:3:5: unknown key
            |   tragets:
            hint: targets
          leeway.yaml:9: no place
          other.yaml: is empty
          hint: mend it"
      `);
  });

  it("writes out what would move the cursor or hide text, on one line each", () => {
    const problems = [{ file: "a\r.yaml", line: 1, message: "no \u001b[2J", excerpt: "\tx: \u202e", hint: "a\nb" }];
    expect(
      formatError(new KnownError("USAGE", "Cannot find \u001b[31m", { problems, hint: "c\nd" })).split("\n"),
    ).toEqual([
      "error[USAGE]: Cannot find \\x1b[31m",
      "  a\\r.yaml:1: no \\x1b[2J",
      "    | \\tx: \\u{202e}",
      "    hint: a\\nb",
      "  hint: c\\nd",
    ]);
  });

  it.each([
    [50, 50, undefined],
    [51, 50, "  and 1 more"],
    [1000, 50, "  and 950 more"],
  ])("of %i problems shows %i, and says how many more there are", (count, shown, more) => {
    const problems = Array.from({ length: count }, (_, index) => ({ file: "a.yaml", message: `mistake ${index}` }));
    const lines = formatError(new KnownError("DESIRED_INVALID", "Cannot use it", { problems })).split("\n");
    expect(lines.filter((line) => line.includes("mistake"))).toHaveLength(shown);
    expect(lines.find((line) => line.includes("more"))).toBe(more);
  });

  it("keeps the trace of a bug, and asks for a report", () => {
    const text = formatError(new TypeError("x is not a function"));
    expect(text).toContain("This is a bug in Leeway");
    expect(text).toContain("TypeError: x is not a function");
    expect(text).toMatch(TRACE_LINE);
  });

  it.each([["text"], [undefined], [null]])("tells a thrown %j as it is", (thrown) => {
    expect(formatError(thrown).split("\n").at(-1)).toBe(String(thrown));
  });
});
