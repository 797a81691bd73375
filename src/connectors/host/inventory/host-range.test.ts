import { describe, expect, it } from "vitest";
import { expandHosts } from "./host-range.ts";

describe("a pattern of hosts", () => {
  it.each([
    ["web", ["web"]],
    ["web[1:3]", ["web1", "web2", "web3"]],
    ["web[01:03].example.com", ["web01.example.com", "web02.example.com", "web03.example.com"]],
    ["web[08:11]", ["web08", "web09", "web10", "web11"]],
    ["web[:2]", ["web0", "web1", "web2"]],
    ["n[0:10:5]", ["n0", "n5", "n10"]],
    ["db-[a:c]", ["db-a", "db-b", "db-c"]],
    ["r[1:2]-[a:b]", ["r1-a", "r1-b", "r2-a", "r2-b"]],
    ["2001:db8::1", ["2001:db8::1"]],
  ])("%s means %j", (pattern, hosts) => {
    expect(expandHosts(pattern)).toEqual(hosts);
  });

  it.each([
    ["web[3:1]", "it ends before it starts"],
    ["web[c:a]", "it ends before it starts"],
    ["web[1:2:0]", '"0" is no step'],
    ["web[01:100]", "with leading zeros both ends must have as many digits"],
    ["web[1:x]", "it must run over numbers or letters"],
    ["web[1]", "it must be [FROM:TO] or [FROM:TO:STEP]"],
    ["web[1:2", "it must be [FROM:TO] or [FROM:TO:STEP]"],
    ["web[1:999999999]", "it means more than 100000 hosts"],
    ["a[1:999]b[1:999]", "means more than 100000 hosts"],
  ])("%s means none: %s", (pattern, why) => {
    expect(expandHosts(pattern)).toContain(why);
  });
});
