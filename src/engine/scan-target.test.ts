import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KnownError } from "../errors.ts";
import type { Listing, Observation, PathFact } from "../model/observation.ts";
import { attribute, brief, CONFIG, declare, KIND, openTestBed, type TestBed, thingFacts } from "./fixtures/test-bed.ts";

let bed: TestBed;

type Answer = Observation | Listing;

const put = (id: string, actual: { readonly [key: string]: string | number | readonly string[] | object }, at = "p") =>
  // Plain data by the tests' own hand.
  bed.world.things.set(`${at} ${id}`, { actual: actual as never });

const putUnread = (id: string, actual: object, ...paths: readonly string[]) =>
  bed.world.things.set(`p ${id}`, {
    actual: actual as never,
    facts: paths.map((path): PathFact => ({ path, fact: "unchecked", reason: "denied", detail: "no" })),
  });

const remove = (id: string) => bed.world.things.delete(`p ${id}`);

/** Answers as the world does, but for what `change` makes of each answer. */
function disturb(change: (answer: Answer) => readonly Answer[]): void {
  bed.world.disturb = async function* (answers) {
    for await (const answer of answers) yield* change(answer);
  };
}

const later = () => {
  bed.world.now = new Date(Date.parse(bed.world.now) + 3_600_000).toISOString();
};

beforeEach(() => {
  bed = openTestBed();
  bed.commit({ "leeway.yaml": CONFIG, "desired/one.yaml": declare("one", "{ a: 1 }") });
  put("one", { a: 1 });
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
});

describe("an observation stream", () => {
  it("that never lists leaves every kind in scope unchecked at every place, and no orphan gone", async () => {
    put("new", { a: 1 });
    await bed.scan();
    remove("new");
    disturb((answer) => (answer.status === "listed" ? [] : [answer]));
    const result = await bed.scan();
    expect(result.unchecked).toMatchObject([{ kind: KIND, at: "p", resource: "**", path: null }]);
    expect(result.resolved).toEqual([]);
    expect(brief(result)).toEqual(["new unmanaged orphaned open"]);
  });

  it("that answers nothing leaves the target incomplete", async () => {
    disturb(() => []);
    expect((await bed.scan()).targets).toMatchObject([
      { verdict: "incomplete", coverage: { checked: 0, unchecked: 2 } },
    ]);
  });

  it("that lists a kind twice is believed where it could not", async () => {
    put("new", { a: 1 });
    await bed.scan();
    remove("new");
    disturb((answer) => {
      if (answer.status !== "listed") return [answer];
      return [{ ...answer, status: "unlisted", reason: "denied", detail: "no" }, answer];
    });
    const result = await bed.scan();
    expect(result.resolved).toEqual([]);
    expect(result.unchecked).toHaveLength(1);
  });

  it("that answers twice is believed the first time, for orphans too", async () => {
    bed.world.kinds = [thingFacts({ identity: ["/a"] })];
    await bed.scan();
    remove("one");
    put("moved", { a: 1 });
    disturb((answer) => (answer.status === "present" ? [answer, { ...answer, actual: { a: 2 } }] : [answer]));
    expect(brief(await bed.scan())).toEqual(["one moved out-of-band open"]);
  });

  it("that is older than what is recorded leaves the resource unchecked, never in sync", async () => {
    await bed.scan();
    put("one", { a: 2 });
    put("new", { a: 1 });
    bed.world.now = "2026-02-01T00:00:00.000Z";
    const result = await bed.scan();
    expect(result.targets).toMatchObject([{ verdict: "drifted", coverage: { checked: 0 } }]);
    expect(result.unchecked).toMatchObject([{ resource: "one", reason: "failed" }]);
    expect(brief(result)).toEqual(["new unmanaged orphaned open"]);
  });

  it("that breaks off costs its own target alone", async () => {
    const two = CONFIG.replace("targets:", "targets:\n  first: { connector: memory, desired: other }");
    bed.commit({ "leeway.yaml": two, "other/one.yaml": declare("two", "{ a: 1 }") });
    put("two", { a: 1 });
    let opened = 0;
    bed.world.disturb = async function* (answers) {
      if (opened++ === 0) throw unreachable();
      yield* answers;
    };
    const result = await bed.scan();
    expect(result.targets).toMatchObject([
      { name: "first", verdict: "failed", failure: { message: 'Cannot read "p": the connection was closed' } },
      { name: "here", verdict: "in-sync" },
    ]);
  });
});

describe("a failed read", () => {
  it.each([
    ["the attribute itself", "/a/x"],
    ["what the attribute lies in", "/a"],
    ["what lies in the attribute", "/a/x/y"],
  ])("of %s resolves no finding of it", async (_, unread) => {
    bed.commit({ "desired/one.yaml": declare("one", "{ a: { x: 1 }, b: 1 }") });
    put("one", { a: { x: 1 }, b: 1 });
    await bed.scan();
    put("one", { a: { x: { y: 2 } }, b: 1 });
    expect(brief(await bed.scan())).toEqual(["one changed out-of-band open /a/x"]);
    putUnread("one", { b: 1 }, unread);
    const blind = await bed.scan();
    expect(blind.resolved).toEqual([]);
    expect(brief(blind)).toEqual(["one changed out-of-band open /a/x"]);
    putUnread("one", { b: 2 }, unread);
    expect(brief(await bed.scan())).toEqual(["one changed out-of-band open /a/x /b"]);
  });

  it("of an attribute does not keep a missing resource missing", async () => {
    remove("one");
    await bed.scan();
    putUnread("one", { a: 1 }, "/c");
    expect((await bed.scan()).resolved).toMatchObject([{ drift: "missing", resolution: "reverted" }]);
  });

  it("of what tells a moved resource makes no move", async () => {
    bed.world.kinds = [thingFacts({ identity: ["/a", "/b"] })];
    bed.commit({ "desired/one.yaml": declare("one", "{ a: 1 }") });
    await bed.scan();
    remove("one");
    putUnread("other", { a: 1 }, "/b");
    expect(brief(await bed.scan()).sort()).toEqual(["one missing out-of-band open", "other unmanaged orphaned open"]);
  });
});

describe("a place that is gone from the settings", () => {
  it("ends what was declared and found there as out of scope", async () => {
    bed.world.places = ["p", "q"];
    bed.commit({ "desired/one.yaml": declare("one", "{ a: 1 }") });
    put("one", { a: 2 }, "q");
    put("new", { a: 1 }, "q");
    await bed.scan();
    bed.world.places = ["p"];
    disturb((answer) => ("resource" in answer && answer.resource.at === "q" ? [] : [answer]));
    const result = await bed.scan();
    expect(result.targets).toMatchObject([{ verdict: "in-sync" }]);
    expect(result.resolved.map(({ resource, resolution }) => `${resource} ${resolution}`).sort()).toEqual([
      "new out-of-scope",
      "one out-of-scope",
    ]);
  });
});

describe("another target's declaration", () => {
  it("takes over a resource from one without a scope", async () => {
    const config = (scope = "") => `version: 1
targets:
  here: { connector: memory, desired: desired${scope} }
  there: { connector: memory, desired: other }
`;
    bed.commit({ "leeway.yaml": config(), "other/two.yaml": declare("two", "{ a: 2 }") });
    put("two", { a: 2 });
    await bed.scan();
    bed.commit({ "desired/one.yaml": declare("three", "{ a: 3 }"), "other/one.yaml": declare("one", "{ a: 1 }") });
    put("three", { a: 3 });
    const result = await bed.scan();
    expect(brief(result)).toEqual([]);
    expect(result.targets.map(({ verdict }) => verdict)).toEqual(["in-sync", "in-sync"]);
  });
});

describe("--only", () => {
  it("gives the verdict of the part alone", async () => {
    bed.commit({ "desired/two.yaml": declare("two", "{ a: 1 }") });
    put("two", { a: 2 });
    await bed.scan();
    expect((await bed.scan({ only: [`${KIND}:one`] })).targets).toMatchObject([{ verdict: "in-sync" }]);
    expect((await bed.scan({ only: [`${KIND}:two`] })).targets).toMatchObject([{ verdict: "drifted" }]);
  });

  it("that means no kind is a mistake, not a clean part", async () => {
    await expect(bed.scan({ only: ["test/thnig:one"] })).rejects.toMatchObject({ code: "USAGE" });
  });

  it("that means nothing at all is told", async () => {
    bed.commit({ "leeway.yaml": CONFIG.replace(', scope: { include: ["test/thing:**"] }', "") });
    expect((await bed.scan({ only: [`${KIND}:on`] })).warnings.join()).toContain(`${KIND}:on`);
    expect((await bed.scan({ only: [`${KIND}:one`] })).warnings).toEqual([]);
  });

  it("neither asks for, retires nor resolves what an earlier revision declared outside the part", async () => {
    bed.commit({ "desired/two.yaml": declare("two", "{ a: 1 }") });
    put("two", { a: 1 });
    await bed.scan();
    bed.commit({ "desired/two.yaml": "# nothing\n" });
    remove("two");
    const part = await bed.scan({ only: [`${KIND}:one`] });
    expect(part.resolved).toEqual([]);
    put("two", { a: 1 });
    expect(brief(await bed.scan())).toEqual(["two unmanaged undeployed open"]);
  });
});

describe("moves", () => {
  beforeEach(async () => {
    bed.world.kinds = [thingFacts({ identity: ["/a"] })];
    await bed.scan();
    remove("one");
    put("two", { a: 1 });
  });

  it("are reverted by moving back, though the orphan had a finding of its own", async () => {
    disturb((answer) =>
      "resource" in answer && answer.resource.id === "one"
        ? [
            {
              resource: answer.resource,
              observedAt: answer.observedAt,
              status: "unchecked",
              reason: "denied",
              detail: "",
            },
          ]
        : [answer],
    );
    expect(brief(await bed.scan())).toEqual(["two unmanaged orphaned open"]);
    disturb((answer) => [answer]);
    const moved = await bed.scan();
    expect(brief(moved)).toEqual(["one moved out-of-band open"]);
    expect(moved.resolved).toMatchObject([{ resource: "two", resolution: "vanished" }]);
    remove("two");
    put("one", { a: 1 });
    const back = await bed.scan();
    expect(back.resolved).toMatchObject([{ resource: "one", resolution: "reverted" }]);
    expect(brief(back)).toEqual([]);
  });

  it("are folded by a rule that ignores moves", async () => {
    bed.commit({ "leeway.yaml": `${CONFIG}ignore:\n  - { drift: moved, reason: on purpose }\n` });
    const result = await bed.scan();
    expect(brief(result)).toEqual([]);
    expect(result.folded).toEqual([{ reason: "ignored: on purpose", count: 1 }]);
  });
});

describe("ignore rules and the short cut", () => {
  const ignoring = (more = "") => `${CONFIG}ignore:\n  - { kind: test/thing, path: /a, reason: on purpose${more} }\n`;

  it("bring drift back when a rule ends while nothing else changes", async () => {
    bed.commit({ "leeway.yaml": ignoring(", until: 2026-03-02") });
    await bed.scan();
    put("one", { a: 2 });
    expect(brief(await bed.scan())).toEqual([]);
    expect(brief(await bed.scan())).toEqual([]);
    bed.world.now = "2026-03-03T00:00:00.000Z";
    expect(brief(await bed.scan())).toEqual(["one changed out-of-band open /a"]);
  });

  it("resolve by what ended the finding, not by what else is ignored", async () => {
    await bed.scan();
    put("one", { a: 1, b: 1 });
    await bed.scan();
    put("one", { a: 2, b: 2 });
    bed.commit({ "leeway.yaml": `${CONFIG}ignore:\n  - { path: /b, reason: on purpose }\n` });
    expect(brief(await bed.scan())).toEqual(["one changed out-of-band open /a"]);
    put("one", { a: 1, b: 2 });
    expect((await bed.scan()).resolved).toMatchObject([{ resolution: "reverted" }]);
  });
});

describe("acceptance", () => {
  it("that ran out before a scan could act on it moves no baseline", async () => {
    await bed.scan();
    put("one", { a: 1, b: 1 });
    const drifted = await bed.scan();
    expect(brief(drifted)).toEqual(["one changed external open /b"]);
    await bed.decide(drifted.findings[0], { until: "2026-03-01T12:00:00.000Z" });
    bed.world.now = "2026-03-02T00:00:00.000Z";
    expect(brief(await bed.scan())).toEqual(["one changed external open /b"]);
  });

  it("of an orphan that is declared later ends as adopted, and its drift from that is undeployed", async () => {
    put("two", { a: 1 });
    const [orphan] = (await bed.scan()).findings;
    await bed.decide(orphan, {});
    bed.commit({ "desired/two.yaml": declare("two", "{ a: 2 }") });
    expect(brief(await bed.scan())).toEqual(["two changed undeployed open /a"]);
    bed.commit({ "desired/two.yaml": declare("two", "{ a: 1 }") });
    expect((await bed.scan()).resolved).toMatchObject([{ resource: "two", resolution: "adopted" }]);
  });
});

describe("secrets", () => {
  const STORED = /hunter\d/;

  it("stay out of findings that are found against a baseline of before they were secret", async () => {
    bed.world.env = { TOKEN: "hunter2" };
    put("one", { a: 1, b: "hunter1" });
    await bed.scan();
    bed.commit({ "desired/one.yaml": declare("one", `{ a: 1, b: { $secret: "\${TOKEN}" } }`) });
    const result = await bed.scan();
    expect(brief(result)).toEqual(["one changed undeployed open /b"]);
    expect(JSON.stringify(result)).not.toMatch(STORED);
    await using store = await bed.openStore();
    expect(JSON.stringify(await store.record("here", { kind: KIND, at: "p", id: "one" }))).not.toMatch(STORED);
  });

  it("stay out of the finding of a missing resource, whatever declares them", async () => {
    bed.world.kinds = [thingFacts({ attributes: [attribute("/a"), attribute("/b", { roles: ["sensitive"] })] })];
    bed.commit({ "desired/one.yaml": declare("one", '{ a: 1, b: "hunter1" }') });
    remove("one");
    const result = await bed.scan();
    expect(brief(result)).toEqual(["one missing unrecorded open"]);
    expect(JSON.stringify(result)).not.toMatch(STORED);
  });

  it("that are elements are nowhere in the clear, captured or not", async () => {
    bed.world.kinds = [
      thingFacts({
        attributes: [attribute("/a"), attribute("/users"), attribute("/users/*/token", { roles: ["sensitive"] })],
      }),
    ];
    put("one", { a: 1, users: [{ name: "x", token: "hunter1" }] });
    put("two", { a: 1, users: [{ name: "x", token: "hunter1" }] });
    const result = await bed.scan();
    expect(brief(result)).toEqual(["two unmanaged orphaned open"]);
    expect(JSON.stringify(result)).not.toMatch(STORED);
    later();
    put("one", { a: 1, users: [{ name: "x", token: "hunter2" }] });
    const changed = await bed.scan();
    expect(brief(changed)).toHaveLength(2);
    expect(JSON.stringify(changed)).not.toMatch(STORED);
  });
});

describe("foreign data", () => {
  it("may have keys that objects inherit and integers that no number holds", async () => {
    const actual = JSON.parse('{ "a": 1, "__proto__": { "x": 1 }, "constructor": 2 }') as object;
    Object.assign(actual, { big: 2n ** 70n, set: [2n ** 70n] });
    put("one", actual as never);
    put("two", { a: 1, big: 2n ** 70n } as never);
    await bed.scan();
    expect(brief(await bed.scan())).toEqual(["two unmanaged orphaned open"]);
    const changed = JSON.parse('{ "a": 1, "__proto__": { "x": 2 }, "constructor": 3 }') as object;
    put("one", Object.assign(changed, { big: 2n ** 70n + 1n, set: [2n ** 70n] }) as never);
    expect(brief(await bed.scan())).toContain("one changed external open /__proto__/x /big /constructor");
  });
});

function unreachable(): Error {
  return new KnownError("TARGET_UNREACHABLE", 'Cannot read "p": the connection was closed');
}
