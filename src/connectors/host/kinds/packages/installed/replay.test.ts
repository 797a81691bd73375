import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { type Machine, REPOSITORY, startMachine } from "../../../../../testing/machine.ts";
import { describeWith } from "../../../../../testing/requirements.ts";

const LEEWAY = `node ${REPOSITORY}/dist/cli/main.js`;
/** Enough files that no one would look through what an upgrade changes of them. */
const DATA_FILES = 300;

interface Report {
  readonly findings: readonly {
    readonly kind: string;
    readonly resource: string;
    readonly drift: string;
    readonly changes: readonly { readonly path: string }[];
  }[];
  readonly folded: readonly { readonly reason: string; readonly count: number }[];
  readonly unchecked: readonly unknown[];
}

/** A shell script that builds a package of some files, links and configuration files under `/srv/NAME-VERSION.deb`. */
function deb(name: string, version: string, files: string): string {
  return `
rm -rf /srv/build && mkdir -p /srv/build/DEBIAN && cd /srv/build
printf '%s\\n' 'Package: ${name}' 'Version: ${version}' 'Architecture: all' 'Maintainer: T <t@example.com>' 'Description: x' > DEBIAN/control
${files}
if [ -d etc ]; then (cd /srv/build && find etc -type f | sed 's,^,/,' > DEBIAN/conffiles); fi
find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\\0' | xargs -0 --no-run-if-empty md5sum > DEBIAN/md5sums
find DEBIAN -name 'p*' -exec chmod 0755 {} +
dpkg-deb --root-owner-group --build /srv/build /srv/${name}-${version}.deb >/dev/null
`;
}

const tools = (version: string, from: number) =>
  deb(
    "rig-tools",
    version,
    `mkdir -p usr/bin usr/share/rig/data etc/rig
for n in $(seq ${from} ${from + DATA_FILES - 1}); do echo "${version} $n" > usr/share/rig/data/$n; done
for n in a b c; do echo "program $n ${version}" > usr/bin/rig-$n; chmod 0755 usr/bin/rig-$n; done
for n in one two; do echo "setting ${version}" > etc/rig/$n.conf; done
ln -s data/${from + 100} usr/share/rig/current
printf '#!/bin/sh\\nupdate-alternatives --install /usr/bin/rig-knot rig-knot /usr/bin/rig-c 10\\n' > DEBIAN/postinst`,
  );

const BUILD = [
  tools("1.0", 1),
  tools("2.0", 11),
  deb("rig-old", "1.0", "mkdir -p usr/share/rig/old; for n in $(seq 50); do echo $n > usr/share/rig/old/$n; done"),
  deb(
    "rig-new",
    "1.0",
    `mkdir -p usr/share/rig/new usr/bin; for n in $(seq 60); do echo $n > usr/share/rig/new/$n; done
echo 'program b of another' > usr/bin/rig-b; chmod 0755 usr/bin/rig-b
printf '#!/bin/sh\\ndpkg-divert --package rig-new --rename --divert /usr/bin/rig-b.distrib --add /usr/bin/rig-b\\n' > DEBIAN/preinst`,
  ),
].join("");

const FILES = ["/usr/bin/rig-*", "/usr/share/rig/**", "/etc/rig/**", "/etc/alternatives/rig-*"];
const SCOPE = [...FILES.map((glob) => `host/file:${glob}`), "host/package:rig-*"];

/** Among what packages change, what a person or an intruder changes. */
const BY_HAND = `
echo 'program a, but evil' > /usr/bin/rig-a
chmod u+s /usr/bin/rig-c
echo 'setting of mine' > /etc/rig/one.conf
echo evil > /usr/bin/rig-evil
rm /usr/share/rig/data/200
echo evil > /usr/share/rig/data/201
`;

describeWith("machine", "what packages do to a host, with changes by hand hidden in it", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-ec", script]);

  async function workspace(folder: string): Promise<void> {
    const config = stringify({
      version: 1,
      targets: { here: { connector: "host", desired: "desired", scope: { include: SCOPE } } },
    });
    await sh(`mkdir -p ${folder}/desired && cd ${folder} && git init --quiet && printf '.leeway/\\n' > .gitignore`);
    await machine.must(["tee", `${folder}/leeway.yaml`], { input: config });
  }

  async function scan(folder: string): Promise<Report> {
    const { stdout, stderr } = await machine.run(["sh", "-c", `cd ${folder} && ${LEEWAY} scan --format json`]);
    expect(stderr).toBe("");
    return JSON.parse(stdout) as Report;
  }

  const told = ({ findings }: Report) =>
    findings.map(({ kind, resource, drift, changes }) =>
      [kind, resource, drift, ...changes.map(({ path }) => path)].join(" ").trim(),
    );

  const folds = ({ folded }: Report) => Object.fromEntries(folded.map(({ reason, count }) => [reason, count]));

  beforeAll(async () => {
    machine = await startMachine();
    await sh(
      "git config --global safe.directory '*'; git config --global user.name T; git config --global user.email t@e.org",
    );
    await sh(BUILD);
    await sh("dpkg --install /srv/rig-tools-1.0.deb /srv/rig-old-1.0.deb");
    await Promise.all([workspace("/srv/declared"), workspace("/srv/watched")]);
    await sh(`cd /srv/declared && ${LEEWAY} capture here && git add --all && git commit --quiet --message captured`);
    await sh(
      "cd /srv/watched && echo '{kind: host/directory, id: /srv}' > desired/one.yaml && git add --all && git commit --quiet --message empty",
    );
  }, 180_000);
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is reported as one finding a package, and as exactly the changes by hand", async () => {
    const calm = await scan("/srv/declared");
    expect([told(calm), calm.unchecked]).toEqual([[], []]);
    const first = await scan("/srv/watched");
    expect(told(first).sort()).toEqual(["host/package rig-old unmanaged", "host/package rig-tools unmanaged"]);
    expect(folds(first)).toEqual({ "installed by its package": DATA_FILES + 50 + 8 });

    await sh("dpkg --install /srv/rig-tools-2.0.deb; dpkg --purge rig-old; dpkg --install /srv/rig-new-1.0.deb");
    await sh(BY_HAND);
    const declared = await scan("/srv/declared");
    const byHand = [
      "host/file /etc/rig/one.conf changed /sha256",
      "host/file /usr/bin/rig-a changed /sha256",
      "host/file /usr/bin/rig-c changed /mode",
      "host/file /usr/bin/rig-evil unmanaged",
      "host/file /usr/share/rig/data/201 changed /sha256",
    ];
    expect(told(declared).sort()).toEqual([
      ...byHand.slice(0, 1),
      "host/file /usr/bin/rig-a changed /sha256",
      // Another package took its place by a diversion.
      "host/file /usr/bin/rig-b changed /sha256",
      ...byHand.slice(2, 4),
      "host/file /usr/share/rig/data/200 missing",
      "host/file /usr/share/rig/data/201 changed /sha256",
      "host/package rig-new unmanaged",
      "host/package rig-old missing",
      "host/package rig-tools changed /version",
    ]);
    const differences = declared.folded.reduce((sum, { count }) => sum + count, 0) + declared.findings.length;
    expect(declared.findings.length / differences).toBeLessThan(0.025);
    expect(declared.unchecked).toEqual([]);

    const watched = await scan("/srv/watched");
    expect(
      told(watched)
        .filter((one) => one.startsWith("host/file"))
        .sort(),
    ).toEqual([...byHand.slice(0, 2), "host/file /usr/bin/rig-b changed /sha256", ...byHand.slice(2)]);
    // What is folded is so at the next scan too, and what is found stays found.
    expect(told(await scan("/srv/declared")).sort()).toEqual(told(declared).sort());
    expect(told(await scan("/srv/watched")).sort()).toEqual(told(watched).sort());
  }, 180_000);
});
