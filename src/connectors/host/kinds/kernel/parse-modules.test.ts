import { describe, expect, it } from "vitest";
import { linesOf } from "../bytes.ts";
import { ModuleConfiguration, parseModules } from "./parse-modules.ts";

const RECORDED = `nf_tables 200704 85 nft_ct,nft_chain_nat, Live 0x0000000000000000
vboxdrv 696320 2 vboxnetadp,vboxnetflt, Live 0xffffffffc09e4000 (OE)
usb-storage 81920 0 - Live 0x0000000000000000
nvidia 56717312 0 [permanent], Loading 0x0000000000000000 (POE+)
`;

describe("parseModules", () => {
  it("reads the names and taints, and nothing that changes by itself", () => {
    expect(parseModules(Buffer.from(RECORDED))).toEqual(
      new Map([
        ["nf_tables", []],
        ["vboxdrv", ["O", "E"]],
        ["usb_storage", []],
        ["nvidia", ["P", "O", "E"]],
      ]),
    );
  });

  it.each(["nonsense", "ext4 1 2 - Live", "ext4 x 2 - Live 0x0", "ext4 1 2 - Asleep 0x0"])(
    "says that %j is malformed instead of passing over it",
    (line) => {
      expect(parseModules(Buffer.from(`${RECORDED}${line}\n`))).toMatchObject({
        reason: "failed",
        detail: 'Cannot read "/proc/modules": line 5 is malformed',
      });
    },
  );
});

describe("ModuleConfiguration", () => {
  it("reads modprobe.d as modprobe does: continued lines, the first install, all options, nothing else", () => {
    const configuration = new ModuleConfiguration();
    const lines = (text: string) => linesOf(Buffer.from(text));
    configuration.addModprobe({
      path: "/etc/modprobe.d/a.conf",
      lines: lines(
        "# blacklist one\n blacklist usb-storage\ninstall cramfs \\\n  /bin/false\noptions kvm a=1 \\\n b=2\nblacklist\nforbid x\n",
      ),
    });
    configuration.addModprobe({
      path: "/etc/modprobe.d/b.conf",
      lines: lines("install cramfs /bin/true\noptions kvm c\nsoftdep kvm pre: x\n"),
    });
    configuration.addModulesLoad({ path: "/etc/modules-load.d/c.conf", lines: lines("# x\n; y\n\n nf-tables \n") });
    configuration.addCommandLine("quiet modprobe.blacklist=floppy,pcspkr modules-load=loop", "/proc/cmdline");
    const none = { blacklisted: false, options: [], loadAtStart: false };
    const [A, B] = ["/etc/modprobe.d/a.conf", "/etc/modprobe.d/b.conf"];
    expect(Object.fromEntries(configuration.modules)).toEqual({
      usb_storage: { ...none, blacklisted: true, files: [A] },
      cramfs: { ...none, install: "/bin/false", files: [A, B] },
      kvm: { ...none, options: ["a=1", "b=2", "c"], files: [A, B] },
      nf_tables: { ...none, loadAtStart: true, files: ["/etc/modules-load.d/c.conf"] },
      floppy: { ...none, blacklisted: true, files: ["/proc/cmdline"] },
      pcspkr: { ...none, blacklisted: true, files: ["/proc/cmdline"] },
      loop: { ...none, loadAtStart: true, files: ["/proc/cmdline"] },
    });
  });
});
