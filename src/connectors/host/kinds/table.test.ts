import { describe, expect, it } from "vitest";
import { isListing } from "../../../model/observation.ts";
import type { KindRequest } from "../kind.ts";
import { answerFrom, type Entry, type Table, unread } from "./table.ts";

const KIND = "host/thing";
const NOW = "2026-01-02T03:04:05.678Z";

function request(asked: readonly string[], inScope?: (id: string) => boolean): KindRequest {
  return {
    at: "here",
    asked: asked.map((id) => ({ resource: { kind: KIND, at: "here", id } })),
    ...(inScope === undefined ? {} : { inScope }),
    now: () => NOW,
    signal: new AbortController().signal,
  };
}

const present: Entry = { status: "present", actual: { size: 1 } };

function summarize(answers: ReturnType<typeof answerFrom>): readonly string[] {
  return Array.from(answers, (each) => (isListing(each) ? each.status : `${each.resource.id} ${each.status}`));
}

describe("answerFrom", () => {
  const table: Table = {
    status: "read",
    entries: new Map([
      ["a", present],
      ["b", present],
      ["c", present],
    ]),
    gaps: [],
  };

  it("answers each resource asked for, then the rest in scope, then one listing", () => {
    const answers = summarize(
      answerFrom(
        KIND,
        request(["c", "z"], (id) => id !== "b"),
        table,
      ),
    );
    expect(answers).toEqual(["c present", "z absent", "a present", "listed"]);
  });

  it("lists nothing where no scope is given", () => {
    expect(summarize(answerFrom(KIND, request(["a"]), table))).toEqual(["a present"]);
  });

  it("calls nothing absent that a gap may hide, and names the gap in the listing", () => {
    const gaps = [{ glob: "h*", reason: "denied", detail: "no" }] as const;
    const answers = [
      ...answerFrom(
        KIND,
        request(["hidden", "a", "z"], () => true),
        { ...table, gaps },
      ),
    ];
    expect(answers.slice(0, 3)).toMatchObject([
      { resource: { id: "hidden" }, status: "unchecked", reason: "denied", detail: "no", observedAt: NOW },
      { status: "present" },
      { status: "absent" },
    ]);
    expect(answers.at(-1)).toEqual({ kind: KIND, at: "here", observedAt: NOW, status: "listed", gaps });
  });

  it("keeps everything unchecked and unlisted of a kind that could not be read", () => {
    const answers = [
      ...answerFrom(
        KIND,
        request(["a"], () => true),
        unread("timeout", "late"),
      ),
    ];
    expect(answers).toEqual([
      {
        resource: { kind: KIND, at: "here", id: "a" },
        observedAt: NOW,
        status: "unchecked",
        reason: "timeout",
        detail: "late",
      },
      { kind: KIND, at: "here", observedAt: NOW, status: "unlisted", reason: "timeout", detail: "late" },
    ]);
  });
});
