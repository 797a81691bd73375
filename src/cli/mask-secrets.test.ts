import { describe, expect, it } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

describe("maskSecrets", () => {
  it.each([
    ['Cannot fetch "file:///s3cret/none"', ["s3cret"], 'Cannot fetch "file:///***/none"'],
    ["s3cret and s3cret", ["s3cret"], "*** and ***"],
    ["s3cret-long", ["s3cret", "s3cret-long"], "***"],
    ["nothing", ["s3cret", ""], "nothing"],
    ["$& stays", ["stays"], "$& ***"],
  ])("makes of %j without %j %j", (text, secrets, expected) => {
    expect(maskSecrets(text, new Set(secrets))).toBe(expected);
  });
});
