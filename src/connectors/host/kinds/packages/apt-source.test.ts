import { describe, expect, it } from "vitest";
import { startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { filesIn } from "./installed/folder-dump.ts";
import { parseAptSources } from "./parse-apt-sources.ts";

const LIST = "/etc/apt/sources.list";
const STANZAS = "/etc/apt/sources.list.d/x.sources";

/** What is so where nothing else is said. */
const USED = { allow_insecure: false, enabled: true };

function parse(text: string, file = LIST) {
  const { entries, gaps } = parseAptSources(filesIn(Buffer.from(`=${file}\n${text}`, "latin1")));
  const actual = Array.from(entries, ([id, entry]) => [id, entry.status === "present" ? entry.actual : entry.status]);
  return { sources: Object.fromEntries(actual), gaps };
}

describe("parseAptSources", () => {
  it.each([
    [
      "a line",
      "deb http://deb.debian.org/debian/ bookworm main contrib # the usual\n\n# deb-src http://x y z\n",
      "deb http://deb.debian.org/debian bookworm",
      { components: ["main", "contrib"], ...USED, verified_by: "any trusted key", file: LIST },
    ],
    [
      "a line with options",
      "deb-src [ arch=amd64,i386 signed-by=/usr/share/keyrings/x.gpg lang=de ] https://x.example stable main\n",
      "deb-src https://x.example stable",
      {
        components: ["main"],
        signed_by: ["/usr/share/keyrings/x.gpg"],
        architectures: ["amd64", "i386"],
        options: { languages: "de" },
        ...USED,
        verified_by: "its own key",
        file: LIST,
      },
    ],
    [
      "a line that is trusted without a signature",
      "deb [trusted=yes] http://x.example ./\n",
      "deb http://x.example ./",
      { ...USED, trusted: true, verified_by: "nothing", file: LIST },
    ],
    [
      "a line that may have no signature",
      "deb [allow-insecure=yes] file:/srv/repo ./\n",
      "deb file:/srv/repo ./",
      { ...USED, allow_insecure: true, verified_by: "nothing", file: LIST },
    ],
    [
      "a line with blanks in its address",
      "deb cdrom:[Debian 12 _Bookworm_]/ bookworm main\n",
      "deb cdrom:[Debian 12 _Bookworm_] bookworm",
      { components: ["main"], ...USED, verified_by: "any trusted key", file: LIST },
    ],
    [
      "a line with a password",
      "deb https://ada:sesame@x.example/debian bookworm main\n",
      "deb https://x.example/debian bookworm",
      { components: ["main"], ...USED, verified_by: "any trusted key", file: LIST },
    ],
  ])("reads %s", (_, text, id, actual) => {
    expect(parse(text)).toEqual({ sources: { [id]: actual }, gaps: [] });
  });

  it("reads a stanza as a source for each type, address and suite", () => {
    const text = `# made by hand
Types: deb deb-src
URIs: http://one.example
  http://two.example/
Suites: stable
Components: main
X-Repolib-Name: One
Enabled: no
Signed-By: /usr/share/keyrings/one.gpg
Trusted: no

Types: deb
URIs: http://three.example
Suites: a b
# within
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----
`;
    const { sources, gaps } = parse(text, STANZAS);
    expect(gaps).toEqual([]);
    expect(Object.keys(sources)).toEqual([
      "deb http://one.example stable",
      "deb http://two.example stable",
      "deb-src http://one.example stable",
      "deb-src http://two.example stable",
      "deb http://three.example a",
      "deb http://three.example b",
    ]);
    expect(sources["deb http://two.example stable"]).toEqual({
      components: ["main"],
      signed_by: ["/usr/share/keyrings/one.gpg"],
      trusted: false,
      allow_insecure: false,
      enabled: false,
      verified_by: "its own key",
      file: STANZAS,
    });
    expect(sources["deb http://three.example b"]).toMatchObject({
      signed_by: [expect.stringMatching(/^sha256:[0-9a-f]{64}$/)],
    });
  });

  it("tells apart what is given twice", () => {
    const { sources } = parse("deb http://x s main\ndeb [trusted=yes] http://x/ s main\n");
    expect(Object.keys(sources)).toEqual(["deb http://x s", "deb http://x s#2"]);
  });

  it.each(["deb http://x\n", "rpm http://x s\n", "deb [trusted=perhaps] http://x s\n"])(
    "leaves a gap for %j",
    (text) => {
      expect(parse(text)).toEqual({
        sources: {},
        gaps: [{ glob: "**", reason: "failed", detail: `Cannot read "${LIST}": line 1 is malformed` }],
      });
    },
  );

  it.each(["Types: deb\n", "nonsense\n", "Types: exe\nURIs: x\nSuites: y\n"])("leaves a gap for %j", (text) => {
    expect(parse(text, STANZAS).gaps).toHaveLength(1);
  });
});

describeWith("machine", "aptSourceKind", () => {
  it("reads the sources of a machine, not what is denied, and finds none where there is no apt", async () => {
    await using machine = await startMachine();
    const kind = "host/apt-source";
    await machine.must([
      "sh",
      "-c",
      "echo 'deb [trusted=yes] http://x.example s main' > /etc/apt/sources.list.d/x.list",
    ]);
    const asked = [{ id: "deb http://x.example s" }, { id: "deb http://other.example s" }];
    const read = await observeIn(machine, kind, { asked, inScope: true });
    expect(read.observations.get("deb http://x.example s")).toMatchObject({
      status: "present",
      actual: { trusted: true },
    });
    expect(read.observations.get("deb http://other.example s")).toMatchObject({ status: "absent" });
    expect(read.observations.size).toBeGreaterThan(2);
    expect(read.listing).toMatchObject({ status: "listed" });

    await machine.must(["chmod", "0600", "/etc/apt/sources.list.d/x.list"]);
    const denied = await observeIn(machine, kind, { asked, inScope: true, user: "nobody" });
    expect(denied.observations.get("deb http://x.example s")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(denied.listing).toMatchObject({ status: "unlisted", reason: "denied" });

    await machine.must(["rm", "-r", "/etc/apt"]);
    const bare = await observeIn(machine, kind, { asked, inScope: true });
    expect(bare.observations.get("deb http://x.example s")).toMatchObject({ status: "absent" });
    expect(bare.listing).toMatchObject({ status: "listed" });
  });
});
