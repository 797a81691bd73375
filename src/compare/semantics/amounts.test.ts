import { describe, expect, it } from "vitest";
import type { Semantics } from "../../model/facts.ts";
import type { Json } from "../../model/json.ts";
import { comparerOf } from "./comparer.ts";

type Pair = readonly [Json, Json];

const SAME: readonly (readonly [Extract<Semantics, string>, readonly Pair[]])[] = [
  [
    "quantity",
    [
      ["1024Mi", "1Gi"],
      ["500m", "0.5"],
      ["500m", 0.5],
      ["1e3", "1k"],
      ["1E3", 1000],
      ["1E", "1000P"],
      ["1 GB", "1000 MB"],
      ["512 MB", 512_000_000],
      ["512MiB", "512Mi"],
      ["1 GiB", 1_073_741_824n],
      ["1Ei", 1152921504606846976n],
      ["0.1", ".10"],
      ["100n", "0.0000001"],
      ["-1k", -1000],
      ["+1", 1],
      ["0", "-0"],
      ["1kB", "1KB"],
      [0.1, "100m"],
    ],
  ],
  [
    "duration",
    [
      ["60m", "1h"],
      ["PT1H", "1h0m0s"],
      ["3600", "1h"],
      [3600, "60min"],
      ["1.5h", "90m"],
      ["PT1,5H", "90m"],
      ["P1W", "7d"],
      ["P1DT12H", "36 hours"],
      ["30 days", "720h"],
      ["5min 20s", 320],
      ["250ms", 0.25],
      ["1µs", "1μs"],
      ["1us", "1000ns"],
      ["-1h", "-60m"],
      ["P1Y", "P12M"],
      ["P1Y2M1D", "P14MT24H"],
      ["0", "PT0S"],
    ],
  ],
  [
    "timestamp",
    [
      ["2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00Z"],
      ["2026-11-24T09:00:00.000Z", "2026-11-24T09:00Z"],
      ["2026-11-24T14:30:00+0530", "2026-11-24 09:00:00Z"],
      ["2026-11-24T11:00:00+02", "20261124T090000Z"],
      [1_700_000_000, "2023-11-14T22:13:20Z"],
      [1_700_000_000_000, "2023-11-14T22:13:20Z"],
      [1_700_000_000.5, "2023-11-14T22:13:20.50Z"],
      [1_700_000_000_123n, "2023-11-14t22:13:20.123z"],
      ["2027-01-01", "2027-01-01T00:00:00Z"],
      ["2026-12-31T24:00:00Z", "2027-01-01"],
      ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
      ["0044-03-15T12:00:00Z", "0044-03-15T13:00:00+01:00"],
      ["1969-12-31T23:59:59.75Z", -0.25],
    ],
  ],
  [
    "file-mode",
    [
      ["0644", "644"],
      ["0o644", "00644"],
      ["u=rw,g=r,o=r", "0644"],
      ["u=rwx,go=rx", "0755"],
      ["a=r,u=rw", "0644"],
      ["ug=rw,o=", "0660"],
      ["u=rwxs,g=rx,o=rx", "4755"],
      ["u=rwx,g=rxs,o=rx", "2755"],
      ["u=rwx,g=rwx,o=rwxt", "1777"],
      ["-rw-r--r--", "0644"],
      ["rwxr-xr-x", "0755"],
      ["-rwsr-xr-x", "4755"],
      ["-rwSr--r--", "4644"],
      ["drwxrwxrwt", "1777"],
      [420, "0644"],
      [0o4755, "04755"],
      [420n, 420],
      ["0", "0000"],
    ],
  ],
  [
    "cidr",
    [
      ["10.0.0.1", "10.0.0.1/32"],
      ["10.0.0.0/255.0.0.0", "10.0.0.0/8"],
      ["2001:DB8::1", "2001:0db8:0:0:0:0:0:1/128"],
      ["::/0", "0:0:0:0:0:0:0:0/0"],
      ["::ffff:10.0.0.1", "::ffff:a00:1"],
      ["::1.2.3.4", "::102:304"],
      ["FE80::1%eth0", "fe80:0::1%eth0"],
      [" 10.0.0.0/8 ", "10.0.0.0/8"],
    ],
  ],
];

const DIFFERENT: readonly (readonly [Extract<Semantics, string>, readonly Pair[]])[] = [
  [
    "quantity",
    [
      ["1G", "1Gi"],
      ["1m", "1M"],
      ["0.3", 0.30000000000000004],
      ["1Ei", 1152921504606846977n],
      ["1K", "1k"],
      ["1 gb", "1 GB"],
      ["1.2.3", "1.23"],
      ["", 0],
      ["abc", "ABC"],
      ["1e999999", "1e999998"],
      [true, 1],
      [Number.POSITIVE_INFINITY, Number.MAX_VALUE],
    ],
  ],
  [
    "duration",
    [
      ["60m", "60s"],
      ["P1M", "30d"],
      ["P1M", "PT1M"],
      ["1M", "1m"],
      ["1 month", "30d"],
      ["P", 0],
      ["PT", 0],
      ["", 0],
      ["1h-1m", "59m"],
      ["1", "1m"],
    ],
  ],
  [
    "timestamp",
    [
      ["2026-11-24T09:00:00", "2026-11-24T09:00:00Z"],
      ["2026-02-29", "2026-03-01"],
      ["2026-11-24T09:00:00.000000001Z", "2026-11-24T09:00:00Z"],
      ["1700000000", 1_700_000_000],
      ["0044-03-15", "1944-03-15"],
      ["2026-11-24T25:00:00Z", "2026-11-25T01:00:00Z"],
      ["2026-13-01", "2027-01-01"],
      [1e15, "+33658-09-27T01:46:40Z"],
    ],
  ],
  [
    "file-mode",
    [
      ["0644", "0640"],
      ["4755", "0755"],
      ["1777", "0777"],
      [644, "644"],
      ["u=rw", "0600"],
      ["u+x", "0100"],
      ["g=u,u=r,o=r", "0444"],
      ["u=rwX,g=r,o=r", "0744"],
      ["0800", "0000"],
      ["17777", "7777"],
      [0o100644, "0644"],
      ["-rw-r--r--+", "0644"],
    ],
  ],
  [
    "cidr",
    [
      ["10.0.0.1/8", "10.0.0.0/8"],
      ["10.0.0.0/8", "10.0.0.0/9"],
      ["010.0.0.1", "10.0.0.1"],
      ["10.1", "10.0.0.1"],
      ["::1.2.3.4", "::ffff:1.2.3.4"],
      ["10.0.0.1", "::ffff:10.0.0.1"],
      ["fe80::1%eth0", "fe80::1%eth1"],
      ["10.0.0.0/33", "10.0.0.0/32"],
      ["10.0.0.0/08", "10.0.0.0/8"],
      ["10.0.0.0/255.0.255.0", "10.0.0.0/8"],
      ["0.0.0.0/0", "::/0"],
      ["10.0.0.0/8/8", "10.0.0.0/8"],
    ],
  ],
];

const flatten = (table: typeof SAME) =>
  table.flatMap(([semantics, pairs]) => pairs.map(([a, b]) => ({ semantics, a, b })));

describe("amounts, times, modes and addresses", () => {
  it.each(flatten(SAME))("takes $a and $b for the same $semantics", ({ semantics, a, b }) => {
    const comparer = comparerOf(semantics);
    expect(comparer.same(a, b)).toBe(true);
    expect(comparer.same(b, a)).toBe(true);
    expect(comparer.canonical(a)).toEqual(comparer.canonical(b));
    expect(comparer.order(a, b)).toBe(0);
  });

  it.each(flatten(DIFFERENT))("tells $a from $b as $semantics", ({ semantics, a, b }) => {
    const comparer = comparerOf(semantics);
    expect(comparer.same(a, b)).toBe(false);
    expect(comparer.same(b, a)).toBe(false);
    expect(comparer.order(a, b)).not.toBe(0);
  });

  it.each<[Extract<Semantics, string>, Json, Json]>([
    ["quantity", "999Mi", "1Gi"],
    ["quantity", "-1", "1m"],
    ["quantity", 9007199254740992n, 9007199254740993n],
    ["duration", "59m", "1h"],
    ["duration", "P11M", "P1Y"],
    ["timestamp", "2026-11-24T10:00:00+02:00", "2026-11-24T09:00:00Z"],
    ["timestamp", 1_700_000_000, 1_700_000_000_001],
    ["file-mode", "0600", "0640"],
    ["file-mode", "0755", "4755"],
  ])("as %s, orders %s before %s", (semantics, less, more) => {
    const comparer = comparerOf(semantics);
    expect(comparer.order(less, more)).toBeLessThan(0);
    expect(comparer.order(more, less)).toBeGreaterThan(0);
  });

  it.each<[Extract<Semantics, string>, Json, Json]>([
    ["file-mode", "0604", "0640"],
    ["duration", "P1M", "31d"],
    ["quantity", "1Gi", "much"],
    ["timestamp", "2026-11-24T10:00:00", "2026-11-24T09:00:00Z"],
    ["cidr", "10.0.0.0/8", "11.0.0.0/8"],
  ])("as %s, does not pretend to know whether %s or %s is more", (semantics, a, b) => {
    expect(comparerOf(semantics).order(a, b)).toBeUndefined();
  });

  it("shows the form in which each is compared", () => {
    expect(comparerOf("quantity").canonical("1.5Gi")).toBe("1610612736");
    expect(comparerOf("quantity").canonical("-250m")).toBe("-0.25");
    expect(comparerOf("duration").canonical("P1Y1DT0.5S")).toBe("P12MT86400.5S");
    expect(comparerOf("duration").canonical("-P1Y")).toBe("-P12M");
    expect(comparerOf("timestamp").canonical(-0.25)).toBe("1969-12-31T23:59:59.75Z");
    expect(comparerOf("file-mode").canonical("-rwsr-x---")).toBe("4750");
    expect(comparerOf("cidr").canonical("2001:DB8:0::/32")).toBe("2001:db8::/32");
  });

  it("gives back what it cannot read unchanged", () => {
    const list = ["1Gi"];
    for (const semantics of ["quantity", "duration", "timestamp", "file-mode", "cidr"] as const) {
      const comparer = comparerOf(semantics);
      expect(comparer.canonical("nonsense")).toBe("nonsense");
      expect(comparer.canonical(list)).toBe(list);
      expect(comparer.canonical(null)).toBe(null);
    }
  });
});
