import { describe, expect, it } from "vitest";
import type { Declared } from "../model/declared.ts";
import { expandOverPlaces } from "./expand.ts";

const places = ["web-1", "web-2", "db"].map((name) => ({ name }));

function declare(id: string, at?: readonly string[], line = 1): Declared {
  return {
    kind: "test/file",
    id,
    ...(at === undefined ? {} : { at }),
    desired: { presence: "absent" },
    declaredAt: { file: "a.yaml", line },
  };
}

function expanded(...declared: readonly Declared[]) {
  const { resources, problems } = expandOverPlaces(declared, places);
  return { at: resources.map(({ resource }) => `${resource.id}@${resource.at}`), problems };
}

describe("expandOverPlaces", () => {
  it.each<[at: readonly string[] | undefined, expected: readonly string[]]>([
    [undefined, ["web-1", "web-2", "db"]],
    [["**"], ["web-1", "web-2", "db"]],
    [["web-*"], ["web-1", "web-2"]],
    [["db"], ["db"]],
    [
      ["web-?", "web-1", "db"],
      ["web-1", "web-2", "db"],
    ],
  ])("declares a resource with at %j at %j, once each", (at, expected) => {
    expect(expanded(declare("x", at))).toEqual({ at: expected.map((place) => `x@${place}`), problems: [] });
  });

  it("keeps what is desired, and where it was declared", () => {
    const { resources } = expandOverPlaces([declare("x", ["db"], 7)], places);
    expect(resources).toEqual([
      {
        resource: { kind: "test/file", at: "db", id: "x" },
        desired: { presence: "absent" },
        declaredAt: { file: "a.yaml", line: 7 },
      },
    ]);
  });

  it("reports a pattern that matches no place, once a file, and keeps the others", () => {
    const found = expanded(declare("x", ["wbe-*", "db"], 3), declare("y", ["wbe-*"], 9));
    expect(found.at).toEqual(["x@db"]);
    expect(found.problems).toEqual([
      {
        file: "a.yaml",
        line: 3,
        message: '"at" pattern "wbe-*" matches no place of the target',
        hint: "Its places are: web-1, web-2, db",
      },
    ]);
  });

  it("reports patterns when there is no place at all", () => {
    expect(expandOverPlaces([declare("x", ["a"])], []).problems).toMatchObject([{ hint: "The target has no place" }]);
    expect(expandOverPlaces([declare("x")], [])).toEqual({ resources: [], problems: [] });
  });

  it("reports what two declarations put at one place, once, and lets the first stand", () => {
    const found = expanded(declare("x", ["web-*"], 2), declare("x", ["*-1", "*-2", "db"], 5));
    expect(found.at).toEqual(["x@web-1", "x@web-2", "x@db"]);
    expect(found.problems).toEqual([
      {
        file: "a.yaml",
        line: 5,
        message: 'test/file "x" is declared twice at "web-1", first at a.yaml:2',
        hint: "Remove one of them, or give them places that differ with at",
      },
    ]);
  });
});
