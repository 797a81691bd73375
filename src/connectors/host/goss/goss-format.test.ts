import { describe, expect, it } from "vitest";
import { formatExpected } from "../../../compare/constraints/format-expected.ts";
import { KnownError, type Problem } from "../../../errors.ts";
import type { Declared } from "../../../model/declared.ts";
import { gossFormat } from "./goss-format.ts";
import { REFUSED_TYPES } from "./resource-types.ts";

function read(text: string): readonly Declared[] {
  return gossFormat.read({ file: "goss.yaml", text });
}

/** `KIND:ID` and the attributes as a Leeway document has them. */
function declared(text: string): Record<string, unknown> {
  return Object.fromEntries(
    read(text).map(({ kind, id, desired }) => [
      `${kind}:${id}`,
      desired.presence === "absent" ? "absent" : formatExpected(desired.attributes),
    ]),
  );
}

function mistakes(text: string): readonly Problem[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof KnownError && error.code === "DESIRED_INVALID") return error.problems;
    throw error;
  }
  throw new Error("It was read");
}

function attribute(type: string, written: string): unknown {
  const [first] = Object.values(declared(resource(type, written)));
  return first;
}

const HEADINGS: Readonly<Record<string, string>> = {
  file: "{ /x: { exists: true, ",
  package: "{ nginx: { installed: true, ",
  service: "{ sshd: { ",
  user: "{ www: { exists: true, ",
  group: "{ www: { exists: true, ",
  port: "{ 'tcp6:80': { listening: true, ",
  "kernel-param": "{ net.x: { ",
};

function resource(type: string, written: string): string {
  return `${type}: ${HEADINGS[type]}${written} } }\n`;
}

describe("gossFormat", () => {
  it("reads a file as goss add writes it", () => {
    const text = `
file:
  /etc/passwd:
    title: Accounts
    meta: { desc: x }
    exists: true
    mode: "0644"
    size: 2118
    owner: root
    group: root
    filetype: file
    contents: []
  /etc/alternatives/mta:
    exists: true
    filetype: symlink
    linked-to: /usr/sbin/sendmail.sendmail
    skip: false
  /tmp:
    exists: true
    mode: "1777"
    filetype: directory
  /tmp/none:
    exists: false
    contents: []
package:
  nginx:
    installed: true
    versions: [1.17.8]
    retry_count: 1
    retry_delay: 500ms
  telnetd:
    installed: false
service:
  sshd:
    enabled: true
    running: true
  logrotate.timer:
    enabled: false
user:
  www-data:
    exists: true
    uid: 33
    gid: 33
    groups: [www-data, adm]
    home: /var/www
    shell: /usr/sbin/nologin
  nobody2:
    exists: false
group:
  www-data:
    exists: true
    gid: 33
port:
  tcp:22:
    listening: true
    ip: [0.0.0.0]
  tcp6:22:
    listening: true
    ip: ["::"]
  111:
    listening: false
kernel-param:
  kernel.ostype:
    value: Linux
  net.core.somaxconn:
    value: 128
`;
    expect(declared(text)).toEqual({
      "host/file:/etc/passwd": { mode: "0644", size: 2118, owner: "root", group: "root", type: "file" },
      "host/file:/etc/alternatives/mta": { type: "link", link_target: "/usr/sbin/sendmail.sendmail" },
      "host/directory:/tmp": { mode: "1777" },
      "host/file:/tmp/none": "absent",
      "host/directory:/tmp/none": "absent",
      "host/package:nginx": { version: "1.17.8" },
      "host/package:telnetd": "absent",
      "host/service:sshd.service": { enabled: true, running: true },
      "host/service:logrotate.timer": { enabled: false },
      "host/user:www-data": {
        uid: 33,
        gid: 33,
        groups: { $contains: ["adm"] },
        home: "/var/www",
        shell: "/usr/sbin/nologin",
      },
      "host/user:nobody2": "absent",
      "host/group:www-data": { gid: 33 },
      "host/port:tcp:22": { addresses: { $contains: ["0.0.0.0"] } },
      "host/port:tcp6:22": { addresses: { $contains: [{ $oneOf: ["::", "*"] }] } },
      "host/port:tcp:111": "absent",
      "host/sysctl:kernel.ostype": { value: "Linux" },
      "host/sysctl:net.core.somaxconn": { value: "128" },
    });
  });

  it("says where each resource is declared", () => {
    const text = "---\n# Files\nfile:\n  /a: { exists: true }\n  /b:\n    exists: true\n";
    expect(read(text).map(({ id, declaredAt }) => [id, declaredAt])).toEqual([
      ["/a", { file: "goss.yaml", line: 4 }],
      ["/b", { file: "goss.yaml", line: 5 }],
    ]);
  });

  it("reads JSON, anchors and empty types", () => {
    expect(declared('{"file": {"/a": {"exists": true, "uid": 0}}}')).toEqual({ "host/file:/a": { uid: 0 } });
    const anchored = "file:\n  /a: &f { exists: true, owner: root }\n  /b: *f\nport:\n";
    expect(declared(anchored)).toEqual({ "host/file:/a": { owner: "root" }, "host/file:/b": { owner: "root" } });
  });

  it.each([
    "goss.yaml",
    "a/goss.yml",
    "goss.json",
    "web.goss.yaml",
    "deep/goss_httpd.yaml",
    "myapp_gossfile.yaml",
    "goss-shared.yaml",
  ])("takes %s for a goss file", (name) => {
    expect(gossFormat.files.test(name)).toBe(true);
  });

  it.each(["vars.yaml", "goss.txt", "fgoss.yaml", "goss/vars.yaml"])("does not take %s for a goss file", (name) => {
    expect(gossFormat.files.test(name)).toBe(false);
  });
});

describe("an attribute of goss", () => {
  it.each<[type: string, written: string, expected: unknown]>([
    ["file", 'mode: "0600"', { mode: "0600" }],
    ["file", "size: 5", { size: 5 }],
    ["file", "owner: root", { owner: "root" }],
    ["file", "group: root", { group: "root" }],
    ["file", "uid: 0", { uid: 0 }],
    ["file", 'uid: "0"', { uid: 0 }],
    ["file", "gid: 0", { gid: 0 }],
    ["file", "linked-to: ../a", { link_target: "../a" }],
    ["file", `sha256: ${"a".repeat(64)}`, { sha256: "a".repeat(64) }],
    ["file", "filetype: socket", { type: "socket" }],
    ["file", "filetype: pipe", { type: "fifo" }],
    ["file", "filetype: block-device", { type: "block-device" }],
    ["file", "filetype: character-device", { type: "character-device" }],
    ["file", "filetype: { equal: directory }", {}],
    ["file", "filetype: { or: [file, symlink] }", { type: { $anyOf: ["file", "link"] } }],
    ["package", "versions: []", {}],
    ["package", "versions: 1.2-3", { version: "1.2-3" }],
    ["package", "versions: { contain-element: { have-prefix: '1.' } }", { version: { $startsWith: "1." } }],
    ["package", "versions: { contain-elements: ['1.0'] }", { version: "1.0" }],
    ["package", "versions: { consist-of: ['1.0'] }", { version: "1.0" }],
    ["package", "versions: { equal: ['1.0'] }", { version: "1.0" }],
    ["package", "versions: { or: ['1.0', ['2.0']] }", { version: { $anyOf: ["1.0", "2.0"] } }],
    ["package", "versions: { semver-constraint: '>1.0.0' }", { version: { $semver: ">1.0.0" } }],
    ["service", "enabled: false", { enabled: false }],
    ["service", "running: true, runlevels: []", { running: true }],
    ["service", "enabled: { not: true }", { enabled: { $not: true, $absent: false } }],
    ["user", "uid: 5", { uid: 5 }],
    ["user", "gid: { gt: 5 }", { gid: { $min: 5, $not: { $max: 5 } } }],
    ["user", "home: /x", { home: "/x" }],
    ["user", "shell: { match-regexp: 'nologin$' }", { shell: { $matches: "nologin$" } }],
    ["user", "groups: [sudo, adm]", { groups: { $contains: ["sudo", "adm"] } }],
    ["user", "groups: { contain-element: sudo }", { groups: { $contains: ["sudo"] } }],
    ["user", "groups: { contain-element: { have-prefix: a } }", { groups: { $contains: [{ $startsWith: "a" }] } }],
    ["user", "groups: []", {}],
    ["group", "gid: 7", { gid: 7 }],
    ["port", "ip: [127.0.0.1]", { addresses: { $contains: ["127.0.0.1"] } }],
    ["port", "ip: { consist-of: ['127.0.0.1', '10.0.0.1'] }", { addresses: ["127.0.0.1", "10.0.0.1"] }],
    [
      "port",
      "ip: { consist-of: ['::', '::1'] }",
      {
        addresses: {
          $anyOf: [
            ["::", "::1"],
            ["*", "::1"],
          ],
        },
      },
    ],
    ["port", "ip: { equal: ['10.0.0.1'] }", { addresses: ["10.0.0.1"] }],
    ["port", "ip: { have-len: 1 }", { addresses: { $length: 1 } }],
    [
      "port",
      "ip: { not: { contain-element: 0.0.0.0 } }",
      { addresses: { $not: { $contains: ["0.0.0.0"] }, $absent: false } },
    ],
    ["kernel-param", "value: 1", { value: "1" }],
    ["kernel-param", "value: '1'", { value: "1" }],
    ["kernel-param", "value: { equal: '1' }", { value: "1" }],
    ["kernel-param", "value: { gt: 1 }", { value: { $min: 1, $not: { $max: 1 } } }],
    ["kernel-param", "value: { ge: 1 }", { value: { $min: 1 } }],
    ["kernel-param", "value: { lt: 1 }", { value: { $max: 1, $not: { $min: 1 } } }],
    ["kernel-param", "value: { le: 1.5 }", { value: { $max: 1.5 } }],
    ["kernel-param", "value: { have-prefix: a }", { value: { $startsWith: "a" } }],
    ["kernel-param", "value: { have-suffix: a }", { value: { $endsWith: "a" } }],
    ["kernel-param", "value: { contain-substring: a }", { value: { $contains: "a" } }],
    ["kernel-param", "value: { match-regexp: '^a+$' }", { value: { $matches: "^a+$" } }],
    ["kernel-param", "value: { semver-constraint: '>=5.0.0' }", { value: { $semver: ">=5.0.0" } }],
    [
      "kernel-param",
      "value: { and: [{ ge: 1 }, { not: '3' }] }",
      { value: { $allOf: [{ $min: 1 }, { $not: "3", $absent: false }] } },
    ],
  ])("of %s is read: %s", (type, written, expected) => {
    expect(attribute(type, written)).toEqual(expected);
  });

  it.each([
    ["file", "{ heading: { exists: true, path: /real } }", "host/file:/real"],
    ["file", "{ /a/../b//c/: { exists: true } }", "host/file:/b/c"],
    ["file", "{ '/a%b': { exists: true } }", "host/file:/a%25b"],
    ["package", "{ heading: { installed: true, name: curl } }", "host/package:curl"],
    ["package", "{ 'libc6:i386': { installed: true } }", "host/package:libc6:i386"],
    ["service", "{ heading: { name: cron, enabled: true } }", "host/service:cron.service"],
    ["service", "{ cups.socket: { enabled: true } }", "host/service:cups.socket"],
    ["user", "{ heading: { exists: true, username: ada } }", "host/user:ada"],
    ["group", "{ heading: { exists: true, groupname: ada } }", "host/group:ada"],
    ["port", "{ heading: { listening: true, port: 'udp:53' } }", "host/port:udp:53"],
    ["port", "{ 8080: { listening: true } }", "host/port:tcp:8080"],
    ["kernel-param", "{ heading: { name: a.b, value: x } }", "host/sysctl:a.b"],
  ])("names a %s: %s", (type, written, expected) => {
    expect(Object.keys(declared(`${type}: ${written}\n`))).toEqual([expected]);
  });
});

describe("groups of a user", () => {
  const user = (body: string) => `user: { ada: { exists: true, ${body} } }\n`;

  it("leaves out the primary group where the file declares its number", () => {
    const group = "group: { users: { exists: true, gid: 100 }, x: { exists: true, groupname: ada, gid: 1000 } }\n";
    expect(declared(`${user("gid: 100, groups: [users, sudo]")}${group}`)["host/user:ada"]).toEqual({
      gid: 100,
      groups: { $contains: ["sudo"] },
    });
    expect(declared(`${user("gid: 1000, groups: [ada]")}${group}`)["host/user:ada"]).toEqual({ gid: 1000 });
  });

  it.each([
    user("groups: [ada]"),
    user("gid: 1000, groups: [sudo, ada]"),
    `${user("gid: 1000, groups: [ada]")}group: { ada: { exists: true, gid: 1001 } }\n`,
    `${user("gid: 1000, groups: [ada]")}group: { ada: { exists: false } }\n`,
  ])("refuses the user's own group where it does not: %s", (text) => {
    const problems = mistakes(text);
    expect(problems.some(({ message }) => message.startsWith('Cannot tell whether "ada" is the primary group'))).toBe(
      true,
    );
  });

  it.each(["not: { contain-element: sudo }", "consist-of: [sudo]", "have-len: 1", "equal: [sudo]"])(
    "refuses a matcher that the primary group would make wrong: %s",
    (matcher) => {
      const problems = mistakes(user(`groups: { ${matcher} }`));
      expect(problems[0]?.message).toContain("goss counts the primary group among the groups");
    },
  );
});

describe("what Leeway cannot check as goss does", () => {
  it.each([...REFUSED_TYPES.entries()])("is refused with its reason: %s", (type, reason) => {
    const problems = mistakes(`file: { /a: { exists: true } }\n${type}: { x: {} }\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: "goss.yaml",
      line: 2,
      // An include is refused one by one, because one that is skipped is none.
      column: type === "gossfile" ? 13 : 1,
      message: `Cannot check resources of type "${type}": ${reason}`,
    });
  });

  it.each<[type: string, written: string, message: string]>([
    ["file", "contents: [a]", 'Cannot check "contents": the content of files is not observed'],
    ["file", "contains: a", 'Cannot check "contains"'],
    ["file", 'contents: ""', 'Cannot check "contents"'],
    ["file", "md5: abc", 'Cannot check "md5": it is not observed: declare sha256 instead'],
    ["file", "sha512: abc", 'Cannot check "sha512"'],
    ["file", "mode: 0644", "Must be text, not a number"],
    ["file", 'mode: "644"', '"mode" does not have the form that it must have'],
    ["file", "mode: [ '0644' ]", "Must be text, not a list"],
    ["file", "mode: { le: 644 }", 'Cannot use "le" here: the attribute is text'],
    ["file", "size: big", "Must be a number, not text"],
    ["file", "size: 1.5", '"size" must be a whole number'],
    ["file", "uid: { have-prefix: '1' }", 'Cannot use "have-prefix" here: the attribute is a number'],
    ["file", "filetype: dir", 'Unknown value "dir"'],
    ["file", "filetype: { match-regexp: f }", 'Cannot use "match-regexp" here'],
    ["file", "filetype: { or: [file, directory] }", "A directory is a resource of another kind than a file"],
    ["file", "filetype: directory, size: 5", 'host/directory has no attribute "size"'],
    ["file", "owner: { have-key: a }", 'Cannot use "have-key" here: no attribute of these resources is a map'],
    ["file", "owner: { gjson: { a: b } }", 'Cannot use "gjson" here'],
    ["file", "owner: { have-len: 4 }", 'Cannot use "have-len" here: the attribute is text'],
    ["file", "owner: { have-prefx: a }", 'Unknown matcher "have-prefx"'],
    ["file", "owner: { not: a, equal: b }", "A matcher must have exactly one key"],
    ["file", "owner: {}", "A matcher must have exactly one key"],
    ["file", "owner:", "A value is missing"],
    ["file", "owner: true", "Must be text, not true or false"],
    ["file", "owner: { have-prefix: 5 }", '"have-prefix" must be text'],
    ["file", "owner: { match-regexp: '(' }", "Not a regular expression"],
    ["file", "owner: { and: [] }", '"and" must be a list of matchers that is not empty'],
    ["file", "owner: { semver-constraint: '>1.0.0' }", 'Cannot use "semver-constraint" here'],
    ["file", "onwer: a", 'Unknown attribute "onwer"'],
    ["file", "skip: true", "A resource that is skipped is not declared"],
    ["package", "versions: [a, b]", "A package has one version here"],
    ["package", "versions: { consist-of: [] }", "A package has one version here"],
    ["package", "versions: { have-len: 1 }", 'Cannot use "have-len" here'],
    ["package", "versions: 1.2", "Must be text, not a number"],
    ["package", "versions: { gt: 1 }", 'Cannot use "gt" here'],
    ["package", "versions: { semver-constraint: '^1' }", "Not a range of semantic versions"],
    ["package", "versions: { not: { semver-constraint: '>1.0.0' } }", 'Cannot negate "semver-constraint"'],
    ["package", "versions: { not: [] }", "An empty list asserts nothing here"],
    ["service", "enabled: 'true'", "Must be true or false, not text"],
    ["service", "enabled: true, runlevels: ['3']", 'Cannot check "runlevels": systemd has no run levels'],
    ["service", "title: x", "The resource asserts nothing"],
    ["user", "groups: sudo", "Must be a list, not text"],
    ["user", "groups: [sudo, sudo]", "A value is listed twice"],
    ["user", "groups: [sudo, { have-prefix: a }]", "A list must hold plain values here"],
    ["user", "groups: [1]", "An element must be text"],
    ["port", "ip: { contain-element: { have-prefix: '::' } }", "Only plain values can be matched here"],
    ["port", "ip: { have-len: -1 }", '"have-len" must be a whole number from 0'],
    ["port", "ip: { consist-of: x }", '"consist-of" must be a list'],
    ["kernel-param", "value: { equal: 1 }", '"equal" compares with text here, and must be text'],
    ["kernel-param", "value: { gt: '1' }", '"gt" must be a number'],
    ["kernel-param", "title: x", "The resource asserts nothing"],
  ])("is refused in a %s: %s", (type, written, message) => {
    const problems = mistakes(resource(type, written));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]).toMatchObject({
      file: "goss.yaml",
      line: expect.any(Number),
      column: expect.any(Number),
      excerpt: expect.any(String),
    });
  });

  it.each<[text: string, message: string]>([
    ["file: { /a: {} }", '"exists" is missing'],
    ["file: { /a: { exists: maybe } }", '"exists" must be true or false'],
    ["file: { /a: { exists: false, owner: root } }", '"owner" cannot stand together with exists: false'],
    ["package: { a: { installed: false, versions: ['1'] } }", '"versions" cannot stand together with installed: false'],
    ["file: { a: { exists: true } }", '"a" must be an absolute path'],
    ["file: { ~root: { exists: true } }", '"~root" must be an absolute path'],
    ["file: { /a: { exists: true, path: 5 } }", '"path" must be text'],
    ["file: { /a: true }", "A resource must be a map of its attributes"],
    ["file: [a]", '"file" must be a map of resources'],
    ["port: { 'icmp:1': { listening: true } }", '"icmp:1" is no id of host/port'],
    ["flie: {}", 'Unknown resource type "flie"'],
    ["constructor: {}", 'Unknown resource type "constructor"'],
    ["- a", "A goss file must be a map of resource types"],
    ["", "it is empty"],
    ["file: { /a: { exists: true } }\n---\nfile: {}", "goss reads only the first document of a file"],
    ["file: { /a: { exists: true }, /a: { exists: true } }", 'Key "/a" is given twice'],
    ["file: {\n", "closing bracket"],
  ])("is refused: %s", (text, message) => {
    const problems = mistakes(text);
    expect(problems[0]?.message).toContain(message);
  });

  it("is refused where a template stands, with its position", () => {
    const text = "file:\n  /a:\n    exists: true\n    owner: {{ .Vars.owner }}\n";
    expect(mistakes(text)).toEqual([
      {
        file: "goss.yaml",
        line: 4,
        column: 12,
        message: "Templates are not filled in: what they declare would depend on where goss runs",
        hint: "Write the file without templates: goss render",
        excerpt: "    owner: {{ .Vars.owner }}",
      },
    ]);
  });

  it("is told all at once", () => {
    const text = "file:\n  /a: { exists: true, md5: x, mode: 0600 }\n  b: { exists: true }\nhttp: {}\n";
    expect(mistakes(text).map(({ line }) => line)).toEqual([2, 2, 3, 4]);
  });
});
