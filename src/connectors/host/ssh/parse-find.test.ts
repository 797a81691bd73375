import { describe, expect, it } from "vitest";
import { parseComplaints, parseFindRecord, parseLooks, parseStatRecord } from "./parse-find.ts";

describe("what find prints", () => {
  it("is read field by field, with whatever a name holds", () => {
    expect(parseFindRecord("1 l 777 0 5 9 65024 /a b\n\xff", "x\ny")).toEqual({
      depth: 1,
      path: "/a b\n\xff",
      stat: { type: "link", mode: 0o777, uid: 0, gid: 5, size: 9n, device: 65024n, linkTarget: Buffer.from("x\ny") },
    });
    expect(parseFindRecord("0 D 644 0 0 0 1 /door", "")).toEqual({ depth: 0, path: "/door", stat: undefined });
    expect(parseFindRecord("0 f 644 0 0", "")).toBeUndefined();
  });

  it("is told from a record that did not come whole", () => {
    expect([...parseLooks("0 f 644 0 0 1 1 /a\0\0" + "0 f 644 0 0 1 1 /b", "n", true).keys()]).toEqual(["/a"]);
  });
});

it("reads what stat prints, of which every type has its bits", () => {
  const type = (hex: string) => parseStatRecord(`${hex} 1 2 3 4 /x\n y/N /x\n y`, "N")?.stat?.type;
  expect(["81a4", "41ed", "a1ff", "11a4", "c1ed", "21b6", "61b0", "01a4"].map(type)).toEqual([
    "file",
    "directory",
    "link",
    "fifo",
    "socket",
    "character-device",
    "block-device",
    undefined,
  ]);
  expect(parseStatRecord("89ed 1 2 3 4 /x\n y/N /x\n y", "N")).toMatchObject({
    path: "/x\n y",
    stat: { mode: 0o4755, size: 3n },
  });
});

it.each([
  ["'/x' -> 'a/b.c'", "a/b.c"],
  ["'/x' -> 'a' b'", undefined],
  [String.raw`'/x' -> 'a\n'`, undefined],
  ["'/y' -> 'a'", undefined],
])("takes from %s only a target that every stat writes alike", (names, target) => {
  const stat = parseStatRecord(`a1ff 1 2 3 4 /x/N ${names}`, "N")?.stat;
  expect(stat?.linkTarget?.toString()).toBe(target);
});

describe("complaints", () => {
  it.each([
    ["find: '/a': Permission denied", true, "/a", "Permission denied"],
    ["find: `/a': Permission denied", true, "/a", "Permission denied"],
    [
      String.raw`find: '/a\'b\n\303\251\\': No such file or directory`,
      true,
      "/a'b\n\xc3\xa9\\",
      "No such file or directory",
    ],
    [String.raw`find: '/a\': x': Permission denied`, true, "/a': x", "Permission denied"],
    ["find: /a: b: Permission denied", false, "/a: b", "Permission denied"],
    ["stat: can't stat '/no'such': No such file or directory", false, "/no'such", "No such file or directory"],
  ])("of %s name the path", (line, isGnu, path, words) => {
    expect(parseComplaints(`${line}\n`, isGnu)).toEqual({ byPath: new Map([[path, words]]), others: [] });
  });

  it("about no path are kept apart", () => {
    const lines = "sudo: unable to resolve host x\nfind: loop\n";
    expect(parseComplaints(lines, true)).toEqual({ byPath: new Map(), others: lines.trim().split("\n") });
  });
});
