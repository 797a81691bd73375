import { describe, expect, it } from "vitest";
import { parseAlternatives } from "./alternatives.ts";
import { openDpkgDatabase } from "./dpkg-database.ts";
import { parseDiversions, tableOf } from "./dpkg-files.ts";
import { parseDpkgStatus } from "./dpkg-status.ts";
import { filesIn } from "./folder-dump.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const md5 = (letter: string) => letter.repeat(32);

const STATUS = `Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.21

Package: libknot1
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: knot (3.0)
Version: 3.0-1

Package: libknot-dev
Status: install ok installed
Architecture: amd64
Source: knot (3.0)
Version: 3.0-1
Conffiles:
 /etc/knot.conf ${md5("c")}
 /etc/knot new.conf ${md5("d")} obsolete
 /etc/knot/fresh newconffile

Package: tool
Status: hold ok installed
Architecture: i386
Version: 1:2.0
Depends: interpreter (>= 1) | other, libknot1

Package: interpreter
Status: install ok triggers-pending
Architecture: all
Version: 1

Package: half
Status: install ok half-installed
Architecture: all
Version: 1

Package: removed
Status: deinstall ok config-files
Architecture: all
Version: 4
Conffiles:
 /etc/removed.conf ${md5("e")}

Package: never
Status: unknown ok not-installed
Architecture: all
`;

const LISTS = `=/var/lib/dpkg/info/libknot1:amd64.list
/.
/lib
/lib/libknot.so.1.0
/lib/libknot.so.1
=/var/lib/dpkg/info/libknot1:amd64.md5sums
${md5("1")}  lib/libknot.so.1.0
=/var/lib/dpkg/info/libknot-dev.list
/usr/lib/libknot.so
/usr/lib/libknot.so.evil
/etc/knot.conf
/etc/knot new.conf
=/var/lib/dpkg/info/tool.list
/usr/bin/tool
/usr/bin/tool-link
/usr/bin/tool-elsewhere
/usr/bin/diverted
/usr/bin/diverted-here
=/var/lib/dpkg/info/tool.md5sums
${md5("2")}  usr/bin/tool
${md5("3")} *./usr/bin/diverted
${md5("4")}  usr/bin/diverted-here
=/var/lib/dpkg/info/interpreter.list
/usr/bin/interpreter
/usr/bin/knot-a
/usr/bin/knot-b
/usr/bin/diverted
/etc/init.d/interpreter
/lib/systemd/system/interpreter.service
=/var/lib/dpkg/info/interpreter.md5sums
${md5("5")}  usr/bin/diverted
=/var/lib/dpkg/info/half.list
/usr/bin/half
=/var/lib/dpkg/info/half.md5sums
${md5("6")}  usr/bin/half
=/var/lib/dpkg/info/removed.list
/etc/removed.conf
=/var/lib/dpkg/info/stranger.list
/usr/bin/stranger
`;

const DIVERSIONS = `/usr/bin/diverted
/usr/bin/diverted.real
interpreter
/usr/bin/diverted-here
/usr/bin/diverted-here.mine
:
`;

const alternative = (mode: string) => `=/var/lib/dpkg/alternatives/knot
${mode}
/usr/bin/knot
knot.1
/usr/share/man/knot.1

/usr/bin/knot-a
10
/usr/share/man/a.1
/usr/bin/knot-b
20


`;

function open({ lists = LISTS, mode = "auto" } = {}) {
  const packages = parseDpkgStatus(bytes(STATUS)) ?? [];
  const aliases = {
    has: (path: string) => path === "/lib",
    canonical: (path: string) => (path.startsWith("/lib/") ? `/usr${path}` : path),
  };
  const diversions = parseDiversions(DIVERSIONS.trimEnd().split("\n")) ?? new Map();
  return openDpkgDatabase({
    packages,
    files: tableOf({ packages, diversions, lists: filesIn(bytes(lists)), ...aliases }),
    alternatives: filesIn(bytes(alternative(mode))).flatMap(parseAlternatives),
    enabledLinks: new Set(["/etc/systemd/system/multi-user.target.wants/interpreter.service"]),
    aliases,
  });
}

const LIBKNOT = "libknot1 3.0-1";
const TOOL = "tool:i386 1:2.0";

describe("what dpkg put where", () => {
  it.each([
    ["/usr/lib/libknot.so.1.0", LIBKNOT, md5("1")],
    ["/lib/libknot.so.1.0", LIBKNOT, md5("1")],
    ["/usr/bin/tool", TOOL, md5("2")],
    ["/etc/knot.conf", "libknot-dev 3.0-1", md5("c")],
    ["/etc/knot new.conf", "libknot-dev 3.0-1", md5("d")],
    ["/etc/removed.conf", "removed 4", md5("e")],
    ["/usr/bin/diverted.real", TOOL, md5("3")],
    ["/usr/bin/diverted", "interpreter 1", md5("5")],
    ["/usr/bin/diverted-here.mine", TOOL, md5("4")],
  ])("knows the content of %s", (path, by, digest) => {
    expect(open().fileAt(path)).toEqual({ by, algorithm: "md5", digest });
  });

  it.each(["/usr/bin/interpreter", "/usr/bin/half", "/usr/bin/stranger", "/usr/bin/diverted-here", "/usr/bin/nothing"])(
    "knows no content of %s",
    (path) => {
      expect(open().fileAt(path)).toBeUndefined();
    },
  );

  it.each([
    ["a link beside its target", "/usr/lib/libknot.so.1", "libknot.so.1.0", LIBKNOT],
    ["a link to another package of one source", "/usr/lib/libknot.so", "libknot.so.1.0", "libknot-dev 3.0-1"],
    ["a link to what its package needs", "/usr/bin/tool-link", "interpreter", TOOL],
    ["a link of the whole system", "/lib", "usr/lib", LIBKNOT],
    ["an alternative", "/etc/alternatives/knot", "/usr/bin/knot-b", "interpreter 1"],
    ["a link to an alternative", "/usr/bin/knot", "/etc/alternatives/knot", "interpreter 1"],
    [
      "a unit that is started",
      "/etc/systemd/system/multi-user.target.wants/interpreter.service",
      "/lib/systemd/system/interpreter.service",
      "interpreter 1",
    ],
    ["a script of a run level", "/etc/rc2.d/S01interpreter", "../init.d/interpreter", "interpreter 1"],
  ])("explains %s", (_, path, target, by) => {
    expect(open().linkBy(path, target)).toBe(by);
  });

  it.each([
    ["a link to what no package holds", "/usr/bin/tool-link", "/tmp/evil"],
    ["a link to what has nothing to do with it", "/usr/bin/tool-link", "/etc/removed.conf"],
    ["a link where a file belongs", "/usr/bin/tool", "interpreter"],
    ["a link that no package holds", "/usr/bin/mine", "interpreter"],
    ["an alternative that is no choice", "/etc/alternatives/knot", "/usr/bin/interpreter"],
    ["an alternative that would not be chosen by itself", "/etc/alternatives/knot", "/usr/bin/knot-a"],
    ["a link to another alternative", "/usr/bin/knot", "/etc/alternatives/other"],
    [
      "a unit that no script started",
      "/etc/systemd/system/x.wants/interpreter.service",
      "/lib/systemd/system/interpreter.service",
    ],
    ["another script under a run level's name", "/etc/rc2.d/S01interpreter", "../init.d/evil"],
  ])("does not explain %s", (_, path, target) => {
    expect(open().linkBy(path, target)).toBeUndefined();
  });

  it("explains an alternative that a person chose by what it is of", () => {
    expect(open({ mode: "manual" }).linkBy("/etc/alternatives/knot", "/usr/bin/knot-a")).toBe("interpreter 1");
  });

  it.each([
    ["its package is gone", "/usr/bin/gone", "gone 1", "gone is not installed"],
    ["only configuration is left of its package", "/usr/bin/x", "removed 4", "removed is not installed"],
    ["its package is another version without it", "/usr/bin/x", "interpreter 0.9", "interpreter 1"],
    ["its package is the version that had it", "/usr/bin/x", "interpreter 1", undefined],
    ["its package still ships it", "/usr/bin/interpreter", "interpreter 0.9", undefined],
    ["another package ships it now", "/usr/bin/interpreter", "gone 1", undefined],
    ["its configuration was left", "/etc/removed.conf", "removed 4", undefined],
    ["its package is half installed", "/usr/bin/x", "half 0", undefined],
    ["it is an alternative that should be there", "/etc/alternatives/knot", "gone 1", undefined],
  ])("says what became of a missing file where %s", (_, path, installedBy, gone) => {
    expect(open().whyGone(path, installedBy)).toBe(gone);
  });

  it.each([
    ["a list", `${LISTS}=/var/lib/dpkg/info/dpkg.list\n/usr/bin/dpkg\nusr/bin/x\n`],
    ["sums", `${LISTS}=/var/lib/dpkg/info/dpkg.list\n/usr/bin/dpkg\n=/var/lib/dpkg/info/dpkg.md5sums\nnonsense\n`],
  ])("says so where %s of a package is malformed, and explains nothing of it", (_, lists) => {
    const database = open({ lists });
    expect(database.unreadAt("/usr/bin/dpkg")).toMatch(
      /^Cannot read "\/var\/lib\/dpkg\/info\/dpkg\..*": it is malformed$/,
    );
    expect([database.fileAt("/usr/bin/dpkg"), database.directoryBy("/usr/bin/dpkg")]).toEqual([undefined, undefined]);
    expect(database.unreadAt("/usr/bin/tool")).toBeUndefined();
  });

  it.each([
    "nonsense\n",
    " continued: x\n",
    "Package: x\nStatus: install ok strange\nVersion: 1\n",
    "Package: x\nStatus: install ok installed\n",
    "Package: x\nStatus: install ok installed\nVersion: 1\nConffiles:\n nonsense\n",
  ])("refuses the status %j as a whole", (status) => {
    expect(parseDpkgStatus(bytes(status))).toBeUndefined();
  });

  it("refuses diversions that are not three lines each", () => {
    expect(parseDiversions(["/a", "/b"])).toBeUndefined();
    expect(parseDiversions(["a", "/b", ":"])).toBeUndefined();
  });
});
