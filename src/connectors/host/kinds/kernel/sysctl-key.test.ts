import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPassing, isVolatile, keyOfPath, pathOfKey } from "./sysctl-key.ts";

describe("pathOfKey", () => {
  it.each([
    ["net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward"],
    ["net.ipv4.conf.eth0/100.forwarding", "/proc/sys/net/ipv4/conf/eth0.100/forwarding"],
  ])("finds the file of %s", (key, path) => {
    expect(pathOfKey(key)).toBe(path);
    expect(keyOfPath(path)).toBe(key);
  });

  it.each(["//.//.etc.passwd", "/.version", "net..ipv4", ".net.ipv4", "net.ipv4.", "net", "", "net.//.x", "net./.x"])(
    "finds no file for %j",
    (key) => {
      expect(pathOfKey(key)).toBeUndefined();
    },
  );

  it("never leads out of the folder, and leads back to the key", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab./]{0,12}$/), (key) => {
        const path = pathOfKey(key);
        if (path === undefined) return;
        expect(new URL(`file://${path}`).pathname).toBe(path);
        expect(path.startsWith("/proc/sys/")).toBe(true);
        expect(keyOfPath(path)).toBe(key);
      }),
    );
  });
});

describe("isVolatile", () => {
  it.each([
    ["fs.file-nr", true],
    ["kernel.random.uuid", true],
    ["fs.quota.syncs", true],
    ["fs.quota.warnings", false],
    ["kernel.sched_domain.cpu0.domain0.max_newidle_lb_cost", true],
    ["kernel.sched_domain.cpu0.domain0.busy_factor", false],
    ["kernel.spl.kmem.slab_kvmem_alloc", true],
    ["kernel.hung_task_detect_count", true],
    ["kernel.random.write_wakeup_threshold", false],
    ["kernel.randomize_va_space", false],
    ["net.ipv4.conf.veth1a2b3c.rp_filter", true],
    ["net.ipv6.neigh.cali01f.mcast_solicit", true],
    ["net.ipv4.conf.eth0.rp_filter", false],
    ["net.ipv4.conf.docker0.rp_filter", false],
  ])("takes %s for %s", (key, volatile) => {
    expect(isVolatile(key)).toBe(volatile);
  });
});

describe("isPassing", () => {
  it.each([
    ["net.ipv4.conf.veth12ab34.rp_filter", true],
    ["net.ipv6.neigh.br-0123456789ab.mcast_solicit", true],
    ["net.ipv4.conf.tap0a1b2c3d-4e.forwarding", true],
    ["net.ipv4.conf.br-lan.forwarding", false],
    ["net.ipv4.conf.eth0.rp_filter", false],
    ["net.ipv4.conf.docker0.forwarding", false],
    ["net.ipv4.conf.tap0.forwarding", false],
  ])("takes %s for %s", (key, passing) => {
    expect(isPassing(key)).toBe(passing);
  });
});
