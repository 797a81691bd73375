import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupsOfUsers, parseGroup, parseGshadow, parsePasswd } from "./parse-accounts.ts";

const passwd = (text: string) => parsePasswd(Buffer.from(text, "latin1"), "/etc/passwd");
const group = (text: string) => parseGroup(Buffer.from(text, "latin1"), "/etc/group");

describe("parsePasswd", () => {
  it("reads records, and skips comments and empty lines", () => {
    const { records, mistakes } = passwd(
      "root:x:0:0:root:/root:/bin/bash\n# note\n\n  # note\nada:*:4294967295:7:::\n",
    );
    expect(Object.fromEntries(records)).toEqual({
      root: { password: "x", uid: 0, gid: 0, comment: "root", home: "/root", shell: "/bin/bash" },
      ada: { password: "*", uid: 4_294_967_295, gid: 7, comment: "", home: "", shell: "" },
    });
    expect(mistakes).toEqual([]);
  });

  it.each([
    ["too few fields", "eve:x:0:0::/root\n", "eve"],
    ["too many fields", "eve:x:0:0::/root:/bin/sh:more\n", "eve"],
    ["a number that is none", "eve:x:0x0:0::/root:/bin/sh\n", "eve"],
    ["a negative number", "eve:x:-1:0::/root:/bin/sh\n", "eve"],
    ["a number beyond 32 bits", "eve:x:4294967296:0::/root:/bin/sh\n", "eve"],
    ["no number", "+::::::\n", "+"],
    ["a second record of the name", "eve:x:1:1::/:/bin/sh\neve:x:0:0::/:/bin/sh\n", "eve"],
    ["no name", ":x:0:0::/root:/bin/sh\n", undefined],
    ["no colon", "eve\n", undefined],
    ["a NUL", "\0\n", undefined],
  ])("says what is wrong with a line that has %s", (_what, text, name) => {
    const { mistakes } = passwd(text);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.name).toBe(name);
    expect(mistakes[0]?.detail).toMatch(/^Cannot read "\/etc\/passwd": line \d+ is /);
  });

  it("reads names of objects and bytes that are not UTF-8 like any other", () => {
    const { records } = passwd("__proto__:x:1:1::/:/\nconstructor:x:2:2::/:/\n\xff:x:3:3::/\xfe:/\n");
    expect([...records.keys()]).toEqual(["__proto__", "constructor", "%FF"]);
    expect(records.get("%FF")?.home).toBe("/%FE");
  });

  it("loses no line, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9:#\s]*$/)), (lines) => {
        const text = lines.join("\n");
        const { records, mistakes } = passwd(text);
        const counted = text.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line));
        expect(records.size + mistakes.length).toBe(counted.length);
      }),
    );
  });
});

describe("parseGroup", () => {
  it("reads members once each, and none from an empty field", () => {
    const { records, mistakes } = group("crew:x:7:ada,bob,,ada\nalone:x:8:\n");
    expect(Object.fromEntries(records)).toEqual({
      crew: { gid: 7, members: ["ada", "bob"] },
      alone: { gid: 8, members: [] },
    });
    expect(mistakes).toEqual([]);
    expect(Object.fromEntries(groupsOfUsers(records))).toEqual({ ada: ["crew"], bob: ["crew"] });
  });

  it.each(["crew:x\n", "crew:x:seven:\n", "crew:x:7:ada:more\n"])("says that %j is malformed", (text) => {
    expect(group(text).mistakes).toEqual([{ name: "crew", detail: 'Cannot read "/etc/group": line 1 is malformed' }]);
  });
});

describe("parseGshadow", () => {
  it("reads administrators, and never a password", () => {
    const { records, mistakes } = parseGshadow(Buffer.from("crew:$6$s$h:ada,,bob:eve\nadm:*::\nx:y\n"), "/etc/gshadow");
    expect(Object.fromEntries(records)).toEqual({ crew: ["ada", "bob"], adm: [] });
    expect(mistakes).toEqual([{ name: "x", detail: 'Cannot read "/etc/gshadow": line 3 is malformed' }]);
  });
});
