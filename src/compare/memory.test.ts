import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const COMPARE_MANY = fileURLToPath(new URL("./fixtures/compare-many.mjs", import.meta.url));

describe("memory", () => {
  it("stays flat while a million observations are compared", () => {
    const output = execFileSync(process.execPath, ["--max-old-space-size=16", COMPARE_MANY, "1000000"], {
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toMatchObject({ drifted: 10_000 });
  });
});
