import { describe, expect, it } from "vitest";
import { isReadOnlyPath, parseMountinfo } from "./parse-mountinfo.ts";

const parse = (text: string) => parseMountinfo(Buffer.from(text));

describe("parseMountinfo", () => {
  it("takes a line apart, with any number of optional fields, and undoes the octal escapes", () => {
    expect(
      parse("36 35 98:0 /a /srv/my\\040data rw,noatime master:1 shared:2 - ext4 /dev/root rw,errors=continue\n").mounts,
    ).toEqual([
      {
        root: "/a",
        point: "/srv/my data",
        fstype: "ext4",
        source: "/dev/root",
        options: ["rw", "noatime"],
        superOptions: ["rw", "errors=continue"],
      },
    ]);
    expect(parse("36 35 98:0 / / rw - tmpfs none rw\n").mounts).toMatchObject([{ point: "/", fstype: "tmpfs" }]);
  });

  it("keeps an option with a comma in quotes whole", () => {
    expect(parse('1 2 0:1 / /x rw - tmpfs none rw,context="a,b"\n').mounts).toMatchObject([
      { superOptions: ["rw", 'context="a,b"'] },
    ]);
  });

  it.each(["nonsense\n", "1 2 0:1 / x rw - tmpfs none rw\n", "1 2 0:1 / /x rw - tmpfs none\n", "1 2 0:1 / /x rw\n"])(
    "says that %j is malformed instead of passing over it",
    (line) => {
      const { mounts, hidden } = parse(`1 2 0:1 / / rw - ext4 a rw\n${line}`);
      expect(mounts).toHaveLength(1);
      expect(hidden).toEqual([
        { status: "unchecked", reason: "failed", detail: 'Cannot read "/proc/self/mountinfo": line 2 is malformed' },
      ]);
    },
  );
});

describe("isReadOnlyPath", () => {
  const { mounts } = parse(
    "1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /proc/sys ro - proc p rw\n3 2 0:2 / /proc/sys/net rw - proc p rw\n",
  );
  it.each([
    ["/etc/x", false],
    ["/proc/sys/vm/x", true],
    ["/proc/sysx", false],
    ["/proc/sys/net/ipv4/x", false],
  ])("of %s is %s: the innermost mount decides", (path, readOnly) => {
    expect(isReadOnlyPath(path, mounts)).toBe(readOnly);
  });
});
