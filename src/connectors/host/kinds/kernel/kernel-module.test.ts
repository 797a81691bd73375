import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { moduleTable } from "./kernel-module.ts";
import { readModules } from "./read-modules.ts";

const KIND = "host/kernel-module";
const OFF = { loaded: false, taints: [], blacklisted: false, options: [], load_at_start: false };

/** A list of loaded modules as another kernel writes it, read as that of the kernel is. */
describe("moduleTable", () => {
  const read = async (list: string | undefined) => {
    const folder = await mkdtemp(join(tmpdir(), "modules-"));
    try {
      await using transport = openLocalTransport();
      const file = join(folder, "modules");
      if (list !== undefined) await writeFile(file, list);
      return moduleTable(await readModules(transport, new AbortController().signal, file));
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it("tells what is loaded, and what taints the kernel", async () => {
    const { entries, gaps } = await read(
      "ext4 1000 3 - Live 0x0000000000000000\nevil 1000 0 - Live 0x0000000000000000 (OE)\n",
    );
    expect(entries.get("ext4")).toMatchObject({ status: "present", actual: { loaded: true, taints: [] } });
    expect(entries.get("evil")).toMatchObject({ actual: { loaded: true, taints: ["O", "E"] } });
    expect(gaps).toEqual([]);
  });

  it("has none loaded where the kernel has no modules, which is no gap", async () => {
    const { entries, gaps } = await read(undefined);
    expect(
      [...entries.values()].filter((entry) => entry.status !== "present" || entry.actual["loaded"] !== false),
    ).toEqual([]);
    expect(gaps).toEqual([]);
  });

  it("does not tell what is loaded from a list that is malformed", async () => {
    const { gaps } = await read("ext4\n");
    expect(gaps).toMatchObject([{ glob: "**", reason: "failed" }]);
  });
});

describeWith("machine", "kernelModuleKind", () => {
  let machine: Machine;
  const write = (file: string, text: string) => machine.must(["tee", file], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["mkdir", "-p", "/etc/modprobe.d", "/run/modprobe.d", "/etc/modules-load.d"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("reads what is set up for modules, a file of one name hiding that of a later folder", async () => {
    await write("/etc/modprobe.d/cis.conf", "install usb-storage /bin/false\nblacklist usb-storage\n");
    await write("/run/modprobe.d/cis.conf", "blacklist dccp\n");
    await write("/etc/modules-load.d/net.conf", "br_netfilter\n");
    const FILE = "/etc/modprobe.d/cis.conf";
    expect(await attributesIn(machine, KIND, "usb_storage")).toEqual({
      ...OFF,
      blacklisted: true,
      install: "/bin/false",
      files: [FILE],
    });
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: "dccp" }], inScope: true });
    expect(observations.get("br_netfilter")).toMatchObject({ actual: { load_at_start: true } });
    expect(observations.get("dccp")).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({ status: "listed" });
    expect(listing).not.toHaveProperty("gaps");
  });

  it("keeps unchecked what a file that is denied may say, and not what another one says", async () => {
    await write("/etc/modprobe.d/cis.conf", "blacklist usb-storage\n");
    await write("/etc/modprobe.d/other.conf", "blacklist sctp\n");
    await machine.must(["chmod", "0600", "/etc/modprobe.d/other.conf"]);
    const request = { asked: [{ id: "usb_storage" }, { id: "sctp" }], inScope: true, user: "nobody" };
    const { observations, listing } = await observeIn(machine, KIND, request);
    expect(observations.get("sctp")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(observations.get("usb_storage")).toMatchObject({
      actual: { loaded: false, load_at_start: false },
      facts: ["/blacklisted", "/install", "/options"].map((path) => ({ path, fact: "unchecked", reason: "denied" })),
    });
    expect(listing).toMatchObject({ gaps: [expect.objectContaining({ glob: "**", reason: "denied" })] });
  });

  it("finds nothing set up where there are no folders", async () => {
    await using bare = await startMachine();
    await bare.must([
      "sh",
      "-c",
      "rm -rf /etc/modprobe.d /usr/lib/modprobe.d /etc/modules-load.d /usr/lib/modules-load.d",
    ]);
    const { observations, listing } = await observeIn(bare, KIND, { asked: [{ id: "usb_storage" }], inScope: true });
    expect(observations.get("usb_storage")).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({ status: "listed" });
  });
});
