import { describe, expect, it } from "vitest";
import { canonicalValue, parseSysctlConf, persistedValues } from "./parse-sysctl-conf.ts";

describe("parseSysctlConf", () => {
  it.each([
    ["net.ipv4.ip_forward = 1", [{ path: "net/ipv4/ip_forward", value: "1" }]],
    ["  net/ipv4/ip_forward=1  ", [{ path: "net/ipv4/ip_forward", value: "1" }]],
    ["net.ipv4.conf.eth0/100.forwarding=0", [{ path: "net/ipv4/conf/eth0.100/forwarding", value: "0" }]],
    ["net/ipv4/conf/eth0.100/forwarding=0", [{ path: "net/ipv4/conf/eth0.100/forwarding", value: "0" }]],
    ["-kernel.sysrq = 0", [{ path: "kernel/sysrq", value: "0" }]],
    ["-net.ipv4.conf.all.rp_filter", [{ path: "net/ipv4/conf/all/rp_filter" }]],
    ["kernel.core_pattern = |/bin/x %P=%p", [{ path: "kernel/core_pattern", value: "|/bin/x %P=%p" }]],
    ["kernel.core_pattern =", [{ path: "kernel/core_pattern", value: "" }]],
    ["# net.ipv4.ip_forward = 1", []],
    ["; net.ipv4.ip_forward = 1", []],
    ["net.ipv4.ip_forward 1", []],
    ["= 1", []],
    ["", []],
  ])("reads %j", (line, settings) => {
    expect(parseSysctlConf([line])).toEqual(settings);
  });
});

describe("persistedValues", () => {
  const KNOWN = [
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.eth0.rp_filter",
    "net.ipv4.conf.v/9.rp_filter",
    "kernel.sysrq",
  ];
  const valuesOf = (...lines: readonly string[]) =>
    Object.fromEntries(Array.from(persistedValues(parseSysctlConf(lines), KNOWN), ([key, { value }]) => [key, value]));

  it("takes the last of several values", () => {
    expect(valuesOf("kernel.sysrq=0", "kernel/sysrq=1")).toEqual({ "kernel.sysrq": "1" });
  });

  it("gives a pattern's value to each key it matches, within one step", () => {
    expect(valuesOf("net.ipv4.conf.*.rp_filter=2", "net.*.rp_filter=7")).toEqual({
      "net.ipv4.conf.all.rp_filter": "2",
      "net.ipv4.conf.eth0.rp_filter": "2",
      "net.ipv4.conf.v/9.rp_filter": "2",
    });
  });

  it("leaves what is named to its own line, wherever that stands", () => {
    expect(valuesOf("net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.*.rp_filter=2")).toMatchObject({
      "net.ipv4.conf.all.rp_filter": "0",
      "net.ipv4.conf.eth0.rp_filter": "2",
    });
    expect(valuesOf("net.ipv4.conf.*.rp_filter=2", "-net.ipv4.conf.all.rp_filter")).not.toHaveProperty([
      "net.ipv4.conf.all.rp_filter",
    ]);
  });

  it.each([
    ["net.ipv4.conf.[ae]*.rp_filter=1", ["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.eth0.rp_filter"]],
    ["net.ipv4.conf.[!a]*.rp_filter=1", ["net.ipv4.conf.eth0.rp_filter", "net.ipv4.conf.v/9.rp_filter"]],
    ["net.ipv4.conf.eth?.rp_filter=1", ["net.ipv4.conf.eth0.rp_filter"]],
    ["net.ipv4.conf.[z-a].rp_filter=1", []],
  ])("matches %s as glob(7) does", (line, keys) => {
    expect(Object.keys(valuesOf(line))).toEqual(keys);
  });
});

describe("canonicalValue", () => {
  it.each([
    ["4 4  1 7", "4\t4\t1\t7"],
    ["0x1F", "31"],
    ["0022", "18"],
    ["0", "0"],
    ["-1", "-1"],
    ["|/bin/x 010", "|/bin/x\t8"],
    [" core ", "core"],
  ])("writes %j as %j", (value, canonical) => {
    expect(canonicalValue(value)).toBe(canonical);
  });
});
