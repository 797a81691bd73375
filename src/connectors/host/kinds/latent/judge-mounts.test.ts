import { describe, expect, it } from "vitest";
import { parseFstab } from "../kernel/parse-fstab.ts";
import { ModuleConfiguration } from "../kernel/parse-modules.ts";
import { parseMountinfo } from "../kernel/parse-mountinfo.ts";
import { judgeMount, unlistedMount } from "./judge-mounts.ts";
import { builtinNames, judgeModules } from "./latent-modules.ts";

const mountOf = (fstype: string, options: string, superOptions = "rw") =>
  parseMountinfo(Buffer.from(`1 2 0:1 / /srv ${options} - ${fstype} data ${superOptions}\n`)).mounts[0];

function judge(fstype: string, options: string, mount: ReturnType<typeof mountOf>) {
  const entry = parseFstab(Buffer.from(`data /srv ${fstype} ${options} 0 0\n`)).entries.get("/srv");
  return entry === undefined ? "no entry" : judgeMount(entry, mount);
}

describe("judgeMount", () => {
  it.each([
    ["tmpfs", "nosuid,size=1m", mountOf("tmpfs", "rw,nosuid,relatime", "rw,size=1024k")],
    ["ext4", "defaults", mountOf("ext4", "rw,relatime")],
    ["ext4", "nosuid,defaults", mountOf("ext4", "rw,nosuid")],
    ["ext4", "user,exec", mountOf("ext4", "rw,nosuid,nodev")],
    ["auto", "ro", mountOf("xfs", "ro")],
    ["none", "bind,nodev", mountOf("ext4", "rw,nodev")],
    ["nfs", "ro", mountOf("nfs4", "ro")],
    ["iso9660", "defaults", mountOf("iso9660", "ro", "ro")],
    ["ext4", "noauto", undefined],
    ["ext4", "x-systemd.automount,nosuid", mountOf("autofs", "rw")],
  ])("finds nothing latent in %s %s", (fstype, options, mount) => {
    const found = judge(fstype, options, mount);
    expect(found === "no entry" ? undefined : found).toBeUndefined();
  });

  it.each([
    ["ext4", "nosuid,nodev", mountOf("ext4", "rw,nodev"), "ext4 nodev,rw", "ext4 nodev,nosuid,rw"],
    ["ext4", "defaults", mountOf("ext4", "rw,noexec"), "ext4 noexec,rw", "ext4 rw"],
    ["ext4", "errors=remount-ro", mountOf("ext4", "rw", "ro,errors=remount-ro"), "ext4 ro", "ext4 rw"],
    ["xfs", "defaults", mountOf("ext4", "rw"), "ext4 rw", "xfs rw"],
    ["ext4", "nosuid", undefined, "not mounted", "ext4 nosuid,rw"],
  ])("finds that %s %s differs from what is mounted", (fstype, options, mount, running, persisted) => {
    expect(judge(fstype, options, mount)).toEqual({ running, persisted });
  });

  it("says of what nobody set up that it will be gone", () => {
    const mount = mountOf("ext4", "rw,nosuid");
    expect(mount && unlistedMount(mount)).toEqual({ running: "ext4 nosuid,rw", persisted: "not mounted" });
  });
});

describe("judgeModules", () => {
  const configuration = new ModuleConfiguration();
  configuration.addModprobe({
    path: "/etc/modprobe.d/x.conf",
    lines: ["blacklist usb-storage", "install sctp /bin/false", "install kvm /sbin/modprobe --ignore-install kvm"],
  });
  configuration.addModulesLoad({
    path: "/etc/modules-load.d/x.conf",
    lines: ["br_netfilter", "loop", "usb-storage", "kvm"],
  });
  const builtin = builtinNames(Buffer.from("kernel/drivers/block/loop.ko\nkernel/fs/ext4/ext4.ko\n"));

  it("finds what is loaded though it is kept out, and what is not though a start loads it", () => {
    const entries = judgeModules(new Set(["usb_storage", "sctp", "ext4"]), configuration, builtin);
    const latent = (running: string, persisted: string) => ({
      status: "present",
      actual: { running, persisted, when: "reboot" },
    });
    expect(Object.fromEntries(entries)).toEqual({
      "module:usb_storage": latent("loaded", "kept out"),
      "module:sctp": latent("loaded", "kept out"),
      "module:br_netfilter": latent("not loaded", "loaded"),
      "module:kvm": latent("not loaded", "loaded"),
    });
  });

  it("finds nothing where all is as it is set up, built into the kernel or not", () => {
    expect(judgeModules(new Set(["br_netfilter", "kvm", "zfs"]), configuration, builtin).size).toBe(0);
  });
});
