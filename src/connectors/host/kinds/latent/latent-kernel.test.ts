import { describe, expect, it } from "vitest";
import { kernelReleases, nextKernel } from "./latent-kernel.ts";

describe("kernelReleases", () => {
  it("takes kernels alone", () => {
    expect(
      kernelReleases([
        "vmlinuz-6.1.0-18-amd64",
        "vmlinuz-6.1.0-21-amd64.dpkg-bak",
        "vmlinuz-0-rescue-0123456789abcdef",
        "vmlinuz-5.14.0-70.el9.x86_64",
        "vmlinuz",
        "vmlinuz-linux",
        "initrd.img-6.1.0-21-amd64",
        "config-6.1.0-21-amd64",
        "vmlinuz-6.0.old",
      ]),
    ).toEqual(["6.1.0-18-amd64", "5.14.0-70.el9.x86_64"]);
  });
});

describe("nextKernel", () => {
  it.each([
    ["6.1.0-18-amd64", ["6.1.0-18-amd64", "6.1.0-9-amd64"], "", undefined],
    ["6.1.0-9-amd64", ["6.1.0-18-amd64", "6.1.0-9-amd64"], "", "6.1.0-18-amd64"],
    ["5.14.0-70.el9.x86_64", ["5.14.0-70.el9.x86_64", "5.14.0-162.el9.x86_64"], "", "5.14.0-162.el9.x86_64"],
    ["6.1.0-18-amd64", ["6.1.0-9-amd64"], "BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 quiet", "6.1.0-9-amd64"],
    ["6.18.44-fc", ["6.1.0-9-amd64"], "console=ttyS0", undefined],
    ["6.18.44-fc", [], "", undefined],
  ])("of %s among %j with %j is %s", (running, installed, commandLine, next) => {
    expect(nextKernel(running, installed, commandLine)).toBe(next);
  });
});
