import { describe, expect, it } from "vitest";
import type { ClassifiedDrift, Resolution } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import { changeOf, digest, findingAt } from "./fixtures/findings.ts";
import { resolutionOf } from "./resolution.ts";

const mode = changeOf({ path: "/mode", actual: "0644" });
const owner = changeOf({ path: "/owner", actual: "nobody" });
const { actual: _, ...gone } = changeOf({ path: "/owner" });
const { actual: __, ...presence } = changeOf({ path: "" });

describe("resolutionOf", () => {
  it.each<[string, Partial<ClassifiedDrift>, JsonObject | null, Resolution]>([
    ["production moved back", { changes: [mode] }, { mode: "0600" }, "reverted"],
    ["production is as it was", { changes: [mode] }, { mode: "0644", size: 3 }, "adopted"],
    ["only a part of production is as it was", { changes: [mode, owner] }, { mode: "0644", owner: "root" }, "reverted"],
    ["an attribute is still not there", { changes: [gone] }, { mode: "0644" }, "adopted"],
    ["an attribute is there again", { changes: [gone] }, { owner: "root" }, "reverted"],
    ["the attribute was removed", { changes: [mode] }, {}, "reverted"],
    ["a missing resource is there again", { drift: "missing", changes: [presence] }, { mode: "0600" }, "reverted"],
    ["a missing resource is declared absent now", { drift: "missing", changes: [presence] }, null, "adopted"],
    [
      "a resource declared absent was removed",
      { changes: [changeOf({ path: "", actual: { mode: "1" } })] },
      null,
      "reverted",
    ],
    [
      "a resource declared absent is declared present now",
      { changes: [changeOf({ path: "", actual: { mode: "1" } })] },
      { mode: "2" },
      "adopted",
    ],
    ["an unmanaged resource is declared now", { drift: "unmanaged", changes: [presence] }, { mode: "1" }, "adopted"],
    ["an unmanaged resource is gone", { drift: "unmanaged", changes: [presence] }, null, "vanished"],
    [
      "a moved resource is back",
      { drift: "moved", movedTo: "/y", changes: [changeOf({ path: "", actual: { id: "/y" } })] },
      { mode: "1" },
      "reverted",
    ],
  ])("tells when %s", (_name, drift, actual, resolution) => {
    const now = { desired: {}, actual: actual ?? {}, presence: actual === null ? "absent" : "present" } as const;
    expect(resolutionOf(findingAt(0, drift), now, digest)).toBe(resolution);
  });

  it("does not take another order of a set for a revert", () => {
    const set = changeOf({ path: "/groups", actual: ["a", "b"], added: ["b"], removed: [] });
    const with_ = (groups: string[]) => ({ desired: {}, actual: { groups }, presence: "present" }) as const;
    expect(resolutionOf(findingAt(0, { changes: [set] }), with_(["b", "a"]), digest)).toBe("adopted");
    expect(resolutionOf(findingAt(0, { changes: [set] }), with_(["a"]), digest)).toBe("reverted");
  });

  it.each<[string, string]>([
    ["/rules/name=b/cidr", "a plain key"],
    ["/rules/proto=tcp,name=b/cidr", "several keys"],
    ["/rules/name=b#2/cidr", "the second of two with an equal key"],
    ["/rules/note=x,y=z/cidr", "a value that holds separators"],
    ["/rules/1/cidr", "a position"],
  ])("finds the element of a list at %s (%s)", (path) => {
    const rules = (cidr: string) => {
      const marked = path.includes("#2") ? [{ name: "b", cidr: "none" }] : [];
      return [{ name: "a", proto: "tcp", cidr: "none" }, ...marked, { name: "b", proto: "tcp", note: "x,y=z", cidr }];
    };
    const finding = findingAt(0, { changes: [changeOf({ path, actual: "10.0.0.0/8" })] });
    const now = (cidr: string) => ({ desired: {}, actual: { rules: rules(cidr) }, presence: "present" }) as const;
    expect(resolutionOf(finding, now("10.0.0.0/8"), digest)).toBe("adopted");
    expect(resolutionOf(finding, now("10.1.0.0/16"), digest)).toBe("reverted");
  });

  it("treats names of the prototype as ordinary keys", () => {
    const finding = findingAt(0, { changes: [changeOf({ path: "/constructor", actual: "x" })] });
    expect(resolutionOf(finding, { desired: {}, actual: {}, presence: "present" }, digest)).toBe("reverted");
    expect(resolutionOf(finding, { desired: {}, actual: { constructor: "x" }, presence: "present" }, digest)).toBe(
      "adopted",
    );
  });
});
