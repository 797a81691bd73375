import { describe, expect, it } from "vitest";
import { parsePackages } from "./parse-packages.ts";

const parse = (text: string) => parsePackages(Buffer.from(text, "latin1"), "amd64");

describe("parsePackages", () => {
  it.each([
    ["ii ", "present"],
    ["hi ", "present"],
    ["ri ", "present"],
    ["it ", "present"],
    ["iW ", "present"],
    ["rc ", undefined],
    ["un ", undefined],
    ["pn ", undefined],
    ["iU ", "unchecked"],
    ["iF ", "unchecked"],
    ["rH ", "unchecked"],
    ["iHR", "unchecked"],
    ["iiR", "unchecked"],
    ["i? ", "unchecked"],
    ["", "unchecked"],
  ])("takes a package in state %j for %s", (state, status) => {
    const { entries, gaps } = parse(`${state}\tsextant\tamd64\t1.0\n`);
    expect(entries.get("sextant")?.status).toBe(status);
    expect(gaps).toEqual([]);
  });

  it("tells apart what is installed for several architectures", () => {
    const { entries } = parse("ii \tlibc6\tamd64\t2.36\nii \tlibc6\ti386\t2.35\nii \tadduser\tall\t3\n");
    expect(Object.fromEntries(entries)).toEqual({
      libc6: { status: "present", actual: { version: "2.36" } },
      "libc6:i386": { status: "present", actual: { version: "2.35" } },
      adduser: { status: "present", actual: { version: "3" } },
    });
  });

  it.each(["ii \tsextant\n", "\n", "ii \t\tamd64\t1\n", "ii \ta\tb\tc\td\n"])("leaves a gap for %j", (text) => {
    const { entries, gaps } = parse(text);
    expect(entries.size).toBe(0);
    expect(gaps).toEqual([
      { glob: "**", reason: "failed", detail: 'Cannot read what "dpkg-query" prints: line 1 is malformed' },
    ]);
  });

  it("keeps an installed package unchecked that has no version", () => {
    expect(parse("ii \tsextant\tamd64\t\n").entries.get("sextant")?.status).toBe("unchecked");
  });
});
