import { describe, expect, it } from "vitest";
import { STATUSES } from "../model/finding.ts";
import { countsForExit } from "./counts.ts";
import { findingAt } from "./fixtures/findings.ts";

describe("countsForExit", () => {
  it("counts open and pending findings, and no others", () => {
    expect(STATUSES.filter((status) => countsForExit({ ...findingAt(0), status }, false))).toEqual(["pending", "open"]);
  });

  it("passes over pending findings when grace is respected", () => {
    expect(STATUSES.filter((status) => countsForExit({ ...findingAt(0), status }, true))).toEqual(["open"]);
  });
});
