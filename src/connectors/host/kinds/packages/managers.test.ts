import { describe, expect, it } from "vitest";
import type { Table } from "../table.ts";
import { unread } from "../table.ts";
import { mergeManagers } from "./package.ts";
import { apkStanzas, parseApk } from "./parse-apk.ts";
import { parseLocks, parseRpm } from "./parse-rpm.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const UNLOCKED = { ok: true, value: new Set<string>() } as const;

/** A small system as rpm prints it: several kernels, a key, a foreign architecture. */
const RPM = `rpm\tx86_64\t4.16.1.3-29.el9
gpg-pubkey\t(none)\t350d275d-6279464b
bash\tx86_64\t5.1.8-9.el9
openssl\tx86_64\t1:3.0.7-27.el9
kernel-core\tx86_64\t5.14.0-427.13.1.el9_4
kernel-core\tx86_64\t5.14.0-503.11.1.el9_5
glibc\tx86_64\t2.34-100.el9
glibc\ti686\t2.34-100.el9
tzdata\tnoarch\t2024a-1.el9
`;

describe("parseRpm", () => {
  it("lists packages by name, foreign architectures apart, and several versions as one package", () => {
    const { entries, gaps } = parseRpm(bytes(RPM), UNLOCKED);
    const version = (text: string) => ({ status: "present", actual: { version: text } });
    expect(gaps).toEqual([]);
    expect(Object.fromEntries(entries)).toEqual({
      rpm: version("4.16.1.3-29.el9"),
      bash: version("5.1.8-9.el9"),
      openssl: version("1:3.0.7-27.el9"),
      "kernel-core": {
        status: "present",
        actual: { version: "5.14.0-503.11.1.el9_5", also_installed: ["5.14.0-427.13.1.el9_4"] },
      },
      glibc: version("2.34-100.el9"),
      "glibc:i686": version("2.34-100.el9"),
      tzdata: version("2024a-1.el9"),
    });
  });

  it("says which are held at their version", () => {
    const locked = parseLocks([
      bytes("# Added lock\nbash-0:5.1.8-9.el9.*\n!tzdata-0:2024a-1.el9.*\n1:openssl-3.0.7-27.el9.x86_64\n"),
      bytes('version = "1.0"\n[[packages]]\nname = "glibc"\n'),
    ]);
    expect([...locked].sort()).toEqual(["bash", "glibc", "openssl"]);
    const { entries } = parseRpm(bytes(RPM), { ok: true, value: locked });
    expect(entries.get("bash")).toMatchObject({ actual: { held: true } });
    expect(entries.get("tzdata")).toEqual({ status: "present", actual: { version: "2024a-1.el9" } });
  });

  it("leaves held unchecked where the locks cannot be read", () => {
    const { entries } = parseRpm(bytes(RPM), { ok: false, reason: "denied", detail: "no" });
    expect(entries.get("bash")).toMatchObject({
      status: "present",
      facts: [{ path: "/held", fact: "unchecked", reason: "denied", detail: "no" }],
    });
  });

  it.each(["bash\n", "\n", "bash\tx86_64\t\n", "a\tb\tc\td\n"])("leaves a gap for %j", (line) => {
    const { entries, gaps } = parseRpm(bytes(line), UNLOCKED);
    expect(entries.size).toBe(0);
    expect(gaps).toEqual([
      { glob: "**", reason: "failed", detail: 'Cannot read what "rpm" prints: line 1 is malformed' },
    ]);
  });
});

/** Two packages as apk writes them. */
const APK = `C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
P:alpine-baselayout
V:3.6.5-r0
A:x86_64
F:dev
F:etc
R:motd
Z:Q1SLkS9hBidUbPwwrw+XR0Whv3ww8=

C:Q1=
P:busybox
V:1.36.1-r29
A:x86_64

`;

describe("parseApk", () => {
  const parse = (text: string, world = "") => {
    const stanzas = apkStanzas(bytes(text));
    return stanzas === undefined ? undefined : Object.fromEntries(parseApk(stanzas, bytes(world)).entries);
  };

  it("lists packages, and which are pinned to a version", () => {
    expect(parse(APK, "alpine-baselayout\nbusybox~1.36\n!nano=1\n")).toEqual({
      "alpine-baselayout": { status: "present", actual: { version: "3.6.5-r0" } },
      busybox: { status: "present", actual: { version: "1.36.1-r29", held: true } },
    });
  });

  it.each(["nonsense\n", "P:busybox\n\n", "V:1\n\n"])("refuses %j as a whole", (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe("mergeManagers", () => {
  const table = (...names: readonly string[]): Table => ({
    status: "read",
    entries: new Map(names.map((name) => [name, { status: "present", actual: { version: "1" } }])),
    gaps: [],
  });
  const NONE = { dpkg: undefined, rpm: undefined, apk: undefined };
  const ids = (managed: Parameters<typeof mergeManagers>[0]) => {
    const merged = mergeManagers(managed);
    return merged.status === "read" ? [...merged.entries.keys()] : merged.reason;
  };

  it.each([
    ["the only one there is", { ...NONE, rpm: table("bash", "rpm") }, ["bash", "rpm"]],
    ["dpkg on Debian", { ...NONE, dpkg: table("bash", "dpkg"), rpm: table("bash") }, ["bash", "dpkg", "rpm/bash"]],
    ["rpm on Fedora", { ...NONE, dpkg: table("bash"), rpm: table("bash", "rpm") }, ["dpkg/bash", "bash", "rpm"]],
    ["apk on Alpine", { ...NONE, dpkg: table(), apk: table("apk-tools") }, ["apk-tools"]],
    ["none where there is none", NONE, "unsupported"],
    ["none while one cannot be read", { ...NONE, dpkg: unread("denied", ""), rpm: table("bash") }, "denied"],
  ] as const)("gives plain ids to the packages of %s", (_, managed, expected) => {
    expect(ids(managed)).toEqual(expected);
  });
});
