import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { packageFacts } from "./package.facts.ts";

interface Built {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  /** A maintainer script of the package. */
  readonly postinst?: string;
}

/** Builds a package of one file in the machine. @returns where it is */
async function build(machine: Machine, { name, version, architecture = "all", postinst }: Built): Promise<string> {
  const folder = `/srv/${name}-${version}`;
  const control = `Package: ${name}
Version: ${version}
Architecture: ${architecture}
Maintainer: Test <test@example.com>
Description: Something to install
`;
  await machine.must(["mkdir", "-p", `${folder}/DEBIAN`, `${folder}/etc`]);
  await machine.must(["tee", `${folder}/DEBIAN/control`], { input: control });
  await machine.must(["tee", `${folder}/etc/${name}.conf`], { input: "on\n" });
  await machine.must(["tee", `${folder}/DEBIAN/conffiles`], { input: `/etc/${name}.conf\n` });
  if (postinst !== undefined) {
    await machine.must(["tee", `${folder}/DEBIAN/postinst`], { input: postinst });
    await machine.must(["chmod", "0755", `${folder}/DEBIAN/postinst`]);
  }
  await machine.must(["dpkg-deb", "--build", folder]);
  return `${folder}.deb`;
}

describeWith("machine", "packageKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is tested for each of its attributes", () => {
    expect(packageFacts.attributes.map(({ path }) => path)).toEqual(["/version", "/also_installed", "/held"]);
  });

  it("shows a change of /version alone", async () => {
    await machine.must(["dpkg", "--install", await build(machine, { name: "sextant", version: "1:1.0-1" })]);
    const newer = await build(machine, { name: "sextant", version: "1:1.0-2~rc1" });
    const what = { kind: "host/package", id: "sextant", path: "/version", becomes: "1:1.0-2~rc1" };
    await expectOnly(machine, what, () => machine.must(["dpkg", "--install", newer]));
  });

  it("shows a change of /held alone", async () => {
    await machine.must(["dpkg", "--install", await build(machine, { name: "octant", version: "1" })]);
    const what = { kind: "host/package", id: "octant", path: "/held", becomes: true };
    await expectOnly(machine, what, () => machine.must(["apt-mark", "hold", "octant"]));
  });

  it("calls a package absent of which only configuration is left", async () => {
    await machine.must(["dpkg", "--install", await build(machine, { name: "astrolabe", version: "1" })]);
    await machine.must(["dpkg", "--remove", "astrolabe"]);
    expect(await machine.must(["dpkg-query", "-W", "-f", `\${db:Status-Abbrev}`, "astrolabe"])).toBe("rc ");
    const { observations } = await observeIn(machine, "host/package", { asked: [{ id: "astrolabe" }] });
    expect(observations.get("astrolabe")).toMatchObject({ status: "absent" });
  });

  it("keeps a package unchecked that dpkg could not configure", async () => {
    const broken = await build(machine, { name: "quadrant", version: "1", postinst: "#!/bin/sh\nexit 1\n" });
    expect((await machine.run(["dpkg", "--install", broken])).exitCode).not.toBe(0);
    const { observations } = await observeIn(machine, "host/package", { asked: [{ id: "quadrant" }] });
    expect(observations.get("quadrant")).toMatchObject({
      status: "unchecked",
      reason: "failed",
      detail: 'Cannot tell whether package "quadrant" is installed: dpkg says that it is half-configured',
    });
  });

  it("names the architecture of a foreign package only", async () => {
    await machine.must(["dpkg", "--add-architecture", "riscv64"]);
    await machine.must([
      "dpkg",
      "--install",
      await build(machine, { name: "compass", version: "2", architecture: "riscv64" }),
    ]);
    const { observations, listing } = await observeIn(machine, "host/package", { inScope: true });
    expect(observations.get("compass:riscv64")).toMatchObject({ status: "present", actual: { version: "2" } });
    expect(observations.has("compass")).toBe(false);
    expect(observations.get("libc6")).toMatchObject({ status: "present" });
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("keeps everything unchecked where there is no dpkg", async () => {
    await using bare = await startMachine();
    await bare.must(["mv", "/usr/bin/dpkg-query", "/usr/bin/dpkg-query.gone"]);
    const { observations, listing } = await observeIn(bare, "host/package", {
      asked: [{ id: "libc6" }],
      inScope: true,
    });
    expect(observations.get("libc6")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(listing).toMatchObject({ status: "unlisted", reason: "unsupported" });
  });
});
