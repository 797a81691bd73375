import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formatExpected } from "../../../compare/constraints/format-expected.ts";
import { KnownError } from "../../../errors.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { gossFormat } from "./goss-format.ts";
import { REFUSED_TYPES, RESOURCE_TYPES } from "./resource-types.ts";

/** A resource as `KIND:ID`, or a reason as it begins. */
type Verdict = { readonly declares: Readonly<Record<string, unknown>> } | { readonly refuses: readonly string[] };

interface Documented {
  readonly type: string;
  readonly text: string;
  readonly verdict: Verdict;
}

const refusedType = (type: string) => ({ refuses: [`Cannot check resources of type "${type}": `] });
const isMountObserved = RESOURCE_TYPES.has("mount");

/** Every resource type of docs/gossfile.md of goss, with each attribute that it documents. */
const DOCUMENTED: readonly Documented[] = [
  {
    type: "addr",
    text: `addr:
  tcp://ip-address-or-domain-name:80:
    reachable: true
    address: "tcp://ip-address-or-domain-name:80"
    timeout: 500
    local-address: 127.0.0.1
`,
    verdict: refusedType("addr"),
  },
  {
    type: "command",
    text: `command:
  'go version':
    exit-status: 0
    exec: "go version"
    stdout: [go version go1.6 linux/amd64]
    stderr: []
    timeout: 10000
    skip: false
`,
    verdict: refusedType("command"),
  },
  {
    type: "dns",
    text: `dns:
  localhost:
    resolvable: true
    resolve: localhost
    addrs: [127.0.0.1, "::1"]
    server: 8.8.8.8
    timeout: 500
`,
    verdict: refusedType("dns"),
  },
  {
    type: "file",
    text: `file:
  /etc/passwd:
    exists: true
    path: /etc/passwd
    mode: "0644"
    size: 2118
    owner: root
    group: root
    filetype: file
    contents: []
    sha256: 7f78ce27859049f725936f7b52c6e25d774012947d915e7b394402cfceb70c4c
  /etc/alternatives/mta:
    exists: true
    filetype: symlink
    linked-to: /usr/sbin/sendmail.sendmail
    skip: false
`,
    verdict: {
      declares: {
        "host/file:/etc/passwd": {
          mode: "0644",
          size: 2118,
          owner: "root",
          group: "root",
          type: "file",
          sha256: "7f78ce27859049f725936f7b52c6e25d774012947d915e7b394402cfceb70c4c",
        },
        "host/file:/etc/alternatives/mta": { type: "link", link_target: "/usr/sbin/sendmail.sendmail" },
      },
    },
  },
  {
    type: "file",
    text: `file:
  /etc/passwd:
    exists: true
    contents: ["root", "!toor", "/^root:/"]
    md5: 7c9bb14b3bf178e82c00c2a4398c93cd
    sha512: cb71b1940dc879a3688bd502846bff6316dd537bbe917484964fe0f098e9245d
`,
    verdict: { refuses: ['Cannot check "contents": ', 'Cannot check "md5": ', 'Cannot check "sha512": '] },
  },
  {
    type: "gossfile",
    text: `gossfile:
  myapplication: { file: myapp_gossfile.yaml, skip: false }
  "*.yaml": { skip: true }
  goss_httpd.yaml: {}
  /etc/goss.d/*.yaml: {}
`,
    verdict: { refuses: Array(3).fill('Cannot check resources of type "gossfile": ') },
  },
  { type: "gossfile", text: 'gossfile:\n  "*.yaml": { skip: true }\n', verdict: { declares: {} } },
  {
    type: "group",
    text: "group:\n  nfsnobody: { exists: true, groupname: nfsnobody, gid: 65534, skip: false }\n",
    verdict: { declares: { "host/group:nfsnobody": { gid: 65534 } } },
  },
  {
    type: "http",
    text: `http:
  https://www.google.com:
    status: 200
    url: https://www.google.com
    allow-insecure: false
    no-follow-redirects: false
    timeout: 1000
    request-headers: ["Content-Type: text/html"]
    headers: []
    request-body: '{"key": "value"}'
    body: []
    username: ""
    password: ""
    ca-file: ""
    cert-file: ""
    key-file: ""
    proxy: ""
    skip: false
    method: PUT
`,
    verdict: refusedType("http"),
  },
  {
    type: "interface",
    text: "interface:\n  eth0: { exists: true, name: eth0, addrs: [172.17.0.2/16], mtu: 1500 }\n",
    verdict: refusedType("interface"),
  },
  {
    type: "kernel-param",
    text: "kernel-param:\n  kernel.ostype: { value: Linux, name: kernel.ostype }\n",
    verdict: { declares: { "host/sysctl:kernel.ostype": { value: "Linux" } } },
  },
  {
    type: "mount",
    text: `mount:
  /home: { exists: true, timeout: 1000, mountpoint: /home, opts: [rw, relatime], source: /dev/mapper/fedora-home, filesystem: xfs }
  /gone: { exists: false }
`,
    verdict: isMountObserved
      ? {
          declares: {
            "host/mount:/home": {
              options: { $contains: ["rw", "relatime"] },
              source: "/dev/mapper/fedora-home",
              fstype: "xfs",
            },
            "host/mount:/gone": "absent",
          },
        }
      : refusedType("mount"),
  },
  {
    type: "mount",
    text: "mount:\n  /home: { exists: true, opts: [seclabel], vfs-opts: [rw], usage: { lt: 95 } }\n",
    verdict: isMountObserved
      ? { refuses: ['Cannot check "seclabel" here: ', 'Cannot check "vfs-opts": ', 'Cannot check "usage": '] }
      : refusedType("mount"),
  },
  {
    type: "matching",
    text: "matching:\n  has_substr: { content: some string, matches: { match-regexp: some str } }\n",
    verdict: refusedType("matching"),
  },
  {
    type: "package",
    text: "package:\n  httpd: { installed: true, name: httpd, versions: [2.2.15], skip: false }\n",
    verdict: { declares: { "host/package:httpd": { version: "2.2.15" } } },
  },
  {
    type: "port",
    text: "port:\n  tcp:22: { listening: true, port: 'tcp:22', ip: [0.0.0.0], skip: false }\n",
    verdict: { declares: { "host/port:tcp:22": { addresses: { $contains: ["0.0.0.0"] } } } },
  },
  {
    type: "process",
    text: "process:\n  chrome: { running: true, comm: chrome, skip: false }\n",
    verdict: refusedType("process"),
  },
  {
    type: "service",
    text: "service:\n  sshd: { name: sshd, enabled: true, running: true, skip: false }\n",
    verdict: { declares: { "host/service:sshd.service": { enabled: true, running: true } } },
  },
  {
    type: "service",
    text: 'service:\n  sshd: { running: true, runlevels: ["3", "4", "5"] }\n',
    verdict: { refuses: ['Cannot check "runlevels": '] },
  },
  {
    type: "user",
    text: `user:
  nfsnobody: { exists: true, username: nfsnobody, uid: 65534, gid: 65534, groups: [nfs], home: /var/lib/nfs, shell: /sbin/nologin, skip: false }
`,
    verdict: {
      declares: {
        "host/user:nfsnobody": {
          uid: 65534,
          gid: 65534,
          groups: { $contains: ["nfs"] },
          home: "/var/lib/nfs",
          shell: "/sbin/nologin",
        },
      },
    },
  },
];

/** The list of "Available tests" in the same page. */
const TYPES =
  "addr command dns file gossfile group http interface kernel-param matching mount package port process service user";

function verdictOn(file: string, text: string): Verdict {
  try {
    const declared = gossFormat.read({ file, text }).map(({ kind, id, desired }) => {
      const attributes = desired.presence === "absent" ? "absent" : formatExpected(desired.attributes);
      return [`${kind}:${id}`, attributes];
    });
    return { declares: Object.fromEntries(declared) };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    for (const { line, column } of error.problems)
      expect([line, column]).toEqual([expect.any(Number), expect.any(Number)]);
    return { refuses: error.problems.map(({ message }) => message) };
  }
}

function expected(verdict: Verdict): unknown {
  if ("declares" in verdict) return verdict;
  return { refuses: verdict.refuses.map((start) => expect.stringContaining(start)) };
}

describe("every resource type that goss documents", () => {
  it("is among these, and either read or refused", () => {
    expect([...new Set(DOCUMENTED.map(({ type }) => type))].sort()).toEqual(TYPES.split(" ").sort());
    for (const type of TYPES.split(" ")) expect(RESOURCE_TYPES.has(type) !== REFUSED_TYPES.has(type)).toBe(true);
  });

  it.each(DOCUMENTED)("gives resources, or reasons with their places: $text", ({ text, verdict }) => {
    expect(verdictOn("goss.yaml", text)).toEqual(expected(verdict));
    expect(verdictOn("goss.json", JSON.stringify(parse(text), undefined, 2))).toEqual(expected(verdict));
  });

  it("is read into attributes that Leeway observes", () => {
    const known = new Map(hostKindFacts.map(({ kind, attributes }) => [kind, attributes.map(({ path }) => path)]));
    for (const { kinds, attributes } of RESOURCE_TYPES.values())
      for (const { name } of Object.values(attributes)) expect(known.get(kinds[0] ?? "")).toContain(`/${name}`);
  });

  it.each(Array.from(RESOURCE_TYPES, ([type, { presence }]) => [type, presence]))(
    "takes title and meta in a %s, and refuses one that is skipped",
    (type, presence) => {
      const asserted = type === "service" ? "enabled: true" : "value: x";
      const own = presence === undefined ? asserted : `${presence}: true`;
      const heading = { port: "tcp:22", file: "/x", mount: "/x" }[type] ?? "x";
      const text = (more: string) =>
        `${type}:\n  ${heading}: { ${own}, title: T, meta: { desc: [x], sev: 1 }, ${more} }\n`;
      expect(Object.keys(verdictOn("goss.yaml", text("skip: false")))).toEqual(["declares"]);
      expect(verdictOn("goss.yaml", text("skip: true"))).toEqual({
        refuses: ["A resource that is skipped is not declared"],
      });
    },
  );

  it.each([...RESOURCE_TYPES.keys(), ...REFUSED_TYPES.keys()])("is refused where a template makes it: %s", (type) => {
    const text = `${type}:\n{{range .Vars.names}}\n  {{.}}: { exists: true }\n{{end}}\n`;
    expect(verdictOn("goss.yaml", text)).toEqual({ refuses: [expect.stringContaining("Templates are not filled in")] });
  });
});
