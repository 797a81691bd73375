import { describe, expect, it } from "vitest";
import type { Baseline } from "../model/baseline.ts";
import type { ExpectedObject } from "../model/expected.ts";
import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { AbsenceFact, Observation, PathFact } from "../model/observation.ts";
import { compare } from "./compare.ts";
import { compileFacts } from "./compile-facts.ts";

const RESOURCE = { kind: "test/file", at: "here", id: "/usr/bin/tool" };

function attribute(path: string, more: Partial<AttributeFacts> = {}): AttributeFacts {
  return { path, type: "string", description: "", ...more };
}

const KIND: KindFacts = {
  kind: "test/file",
  summary: "a file",
  id: { description: "a path", example: "/x" },
  attributes: [
    attribute("/sha256"),
    attribute("/mode"),
    attribute("/size", { type: "integer", roles: ["computed"] }),
    attribute("/installed_by", { roles: ["evidence"] }),
    attribute("/altered_from", { roles: ["evidence"] }),
  ],
  emptyIs: "value",
  provenance: {
    by: "package",
    path: "/installed_by",
    altered: "/altered_from",
    covers: ["/sha256", "/size"],
  },
  read: "nothing",
};
const FACTS = compileFacts(KIND, "1");

/** One observation of the file, or its absence. */
type Seen =
  | JsonObject
  | { readonly gone: readonly AbsenceFact[] }
  | { readonly unread: JsonObject; readonly path: string };

function observation(seen: Seen, day: number): Observation {
  const common = { resource: RESOURCE, observedAt: `2026-01-0${day}T00:00:00.000Z` };
  // Told apart by their only possible members.
  if ("gone" in seen) return { ...common, status: "absent", facts: seen["gone"] as readonly AbsenceFact[] };
  if (!("unread" in seen)) return { ...common, status: "present", actual: seen };
  const facts: readonly PathFact[] = [{ path: seen["path"] as string, fact: "unchecked", reason: "denied" }];
  return { ...common, status: "present", actual: seen["unread"] as JsonObject, facts };
}

/** What each of several scans in a row says: drift with its changed paths, then the folds. */
function scans(
  declared: ExpectedObject | undefined,
  seen: readonly Seen[],
  accepted: { readonly at: number; readonly path: string; readonly actual: Json } | undefined = undefined,
): readonly string[] {
  let baseline: Baseline | undefined;
  return seen.map((one, position) => {
    const observed = observation(one, position + 1);
    const {
      drift,
      folds,
      baseline: next,
    } = compare(
      {
        resource: RESOURCE,
        ...(declared === undefined
          ? {}
          : {
              declared: {
                resource: RESOURCE,
                desired: { presence: "present", attributes: declared },
                declaredAt: { file: "x.yaml", line: 1 },
              },
            }),
        ...(baseline === undefined ? {} : { baseline }),
        formerlyDeclared: false,
        knownAbsent: false,
        observation: observed,
      },
      FACTS,
      {
        ignore: () => undefined,
        now: observed.observedAt,
        accepted: (path, actual) =>
          accepted !== undefined && position >= accepted.at && path === accepted.path && actual === accepted.actual,
      },
    );
    if (next !== undefined) baseline = next ?? undefined;
    const found =
      drift === undefined ? "in sync" : `${drift.drift}${drift.changes.map(({ path }) => ` ${path}`).join("")}`;
    return [found, ...folds.map(({ path, reason }) => `${path} ${reason}`.trim())].join("; ");
  });
}

const ONE = { sha256: "1", mode: "0755", installed_by: "tool 1.0" };
const TWO = { sha256: "2", mode: "0755", installed_by: "tool 2.0" };
const THREE = { sha256: "3", mode: "0755", installed_by: "tool 3.0" };
const OTHER = { sha256: "9", mode: "0755", installed_by: "other 1.0" };
const ALTERED = { sha256: "x", mode: "0755", altered_from: "tool 1.0" };
const ALTERED_TWO = { sha256: "y", mode: "0755", altered_from: "tool 2.0" };
const FOREIGN = { sha256: "1", mode: "0755" };
const SETUID = { ...TWO, mode: "4755" };
const UNREAD = { unread: { sha256: "1", mode: "0755" }, path: "/installed_by" };
const UNREAD_TWO = { unread: { sha256: "2", mode: "0755" }, path: "/installed_by" };
const REMOVED = { gone: [{ path: "", fact: "explained-by", by: "tool is not installed" }] } as const;
const GONE = { gone: [] };

const THERE = "installed by its package";
const CHANGED = "/sha256 changed by its package";

describe("a declared file of a package", () => {
  const declared = { sha256: "1", mode: "0755" };
  it.each<[string, readonly Seen[], readonly string[]]>([
    ["is in sync while nothing changes", [ONE, ONE], ["in sync", "in sync"]],
    [
      "stays explained at every scan after an upgrade",
      [ONE, TWO, TWO, THREE],
      ["in sync", `in sync; ${CHANGED}`, `in sync; ${CHANGED}`, `in sync; ${CHANGED}`],
    ],
    [
      "drifts when it is altered by hand after the upgrade, and no longer when that is undone",
      [ONE, TWO, ALTERED_TWO, ALTERED_TWO, TWO],
      ["in sync", `in sync; ${CHANGED}`, "changed /sha256", "changed /sha256", `in sync; ${CHANGED}`],
    ],
    [
      "drifts when it is altered by hand, and is explained when an upgrade replaces that",
      [ONE, ALTERED, TWO, TWO],
      ["in sync", "changed /sha256", `in sync; ${CHANGED}`, `in sync; ${CHANGED}`],
    ],
    [
      "drifts when its content is another one though its package is of the same version",
      [ONE, { ...ONE, sha256: "evil" }],
      ["in sync", "changed /sha256"],
    ],
    [
      "drifts when another package took its place",
      [ONE, OTHER, OTHER],
      ["in sync", "changed /sha256", "changed /sha256"],
    ],
    ["shows a mode that changes with an upgrade", [ONE, SETUID], ["in sync", `changed /mode; ${CHANGED}`]],
    [
      "drifts when its own content was never seen in sync",
      [TWO, THREE, THREE],
      ["changed /sha256", "changed /sha256", "changed /sha256"],
    ],
    ["is missing when its package still ships it", [ONE, GONE, GONE], ["in sync", "missing ", "missing "]],
    [
      "is explained at every scan after its package was removed, and compared again when it is back",
      [ONE, REMOVED, REMOVED, ONE, ALTERED],
      [
        "in sync",
        "in sync; removed with its package",
        "in sync; removed with its package",
        "in sync",
        "changed /sha256",
      ],
    ],
    ["is missing when the baseline knows of no package", [FOREIGN, REMOVED], ["in sync", "missing "]],
    [
      "keeps what put it there while that cannot be read",
      [ONE, UNREAD, TWO],
      ["in sync", "in sync", `in sync; ${CHANGED}`],
    ],
    [
      "is not explained by what cannot be read",
      [ONE, UNREAD_TWO, TWO],
      ["in sync", "changed /sha256", `in sync; ${CHANGED}`],
    ],
  ])("%s", (_, seen, said) => {
    expect(scans(declared, seen)).toEqual(said);
  });

  it("drifts when a package puts its file over what was declared by a person", () => {
    const admins = { ...ALTERED, sha256: "mine" };
    expect(scans({ sha256: "mine" }, [admins, ONE, TWO, THREE])).toEqual([
      "in sync",
      "changed /sha256",
      "changed /sha256",
      "changed /sha256",
    ]);
  });

  it("follows its package where only other attributes are declared", () => {
    expect(scans({ mode: "0755" }, [ONE, TWO, TWO, THREE, { ...THREE, sha256: "evil" }])).toEqual([
      "in sync",
      `in sync; ${CHANGED}`,
      "in sync",
      `in sync; ${CHANGED}`,
      "changed /sha256",
    ]);
  });
});

describe("a file of a package that nobody declares", () => {
  it.each<[string, readonly Seen[], readonly string[]]>([
    ["is explained", [ONE, ONE], [`in sync; ${THERE}`, `in sync; ${THERE}`]],
    [
      "follows its package",
      [ONE, TWO, TWO, THREE],
      [`in sync; ${THERE}`, `in sync; ${CHANGED}; ${THERE}`, `in sync; ${THERE}`, `in sync; ${CHANGED}; ${THERE}`],
    ],
    [
      "changes when it is altered by hand, until that is undone",
      [ONE, ALTERED, ALTERED, ONE],
      [`in sync; ${THERE}`, `changed /sha256; ${THERE}`, `changed /sha256; ${THERE}`, `in sync; ${THERE}`],
    ],
    [
      "changes when it is altered by hand after an upgrade",
      [ONE, TWO, ALTERED_TWO, THREE],
      [
        `in sync; ${THERE}`,
        `in sync; ${CHANGED}; ${THERE}`,
        `changed /sha256; ${THERE}`,
        `in sync; ${CHANGED}; ${THERE}`,
      ],
    ],
    ["is unmanaged when it was altered before it was first seen", [ALTERED, ALTERED], ["unmanaged ", "unmanaged "]],
    ["is unmanaged once no package is known to have put it there", [ONE, FOREIGN], [`in sync; ${THERE}`, "unmanaged "]],
    ["shows a mode that changes", [ONE, SETUID], [`in sync; ${THERE}`, `changed /mode; ${CHANGED}; ${THERE}`]],
    [
      "keeps what put it there while that cannot be read",
      [ONE, UNREAD, ONE],
      [`in sync; ${THERE}`, `in sync; ${THERE}`, `in sync; ${THERE}`],
    ],
    ["is unmanaged when what put it there could never be read", [UNREAD], ["unmanaged "]],
  ])("%s", (_, seen, said) => {
    expect(scans(undefined, seen)).toEqual(said);
  });

  it("takes a value that a person accepted, and shows when an upgrade replaces it", () => {
    const accepted = { at: 2, path: "/sha256", actual: "x" };
    expect(scans(undefined, [ONE, ALTERED, ALTERED, ALTERED, TWO], accepted)).toEqual([
      `in sync; ${THERE}`,
      `changed /sha256; ${THERE}`,
      `in sync; ${THERE}`,
      `in sync; ${THERE}`,
      `changed /sha256; ${THERE}`,
    ]);
  });
});
