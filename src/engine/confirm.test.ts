import { rmSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Target } from "../config/config.ts";
import type { Session } from "../connector.ts";
import type { JsonObject } from "../model/json.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { compileCatalog } from "./catalog.ts";
import { confirmKnown } from "./confirm.ts";
import { attribute, brief, CONFIG, declare, openTestBed, type TestBed, thingFacts } from "./fixtures/test-bed.ts";

let bed: TestBed;

const put = (id: string, actual: JsonObject) => bed.world.things.set(`p ${id}`, { actual });

/** A scan as it is when nobody asks for explanations, and what had to be observed for it. */
async function scanned(options: Parameters<TestBed["scan"]>[0] = {}): Promise<{ found: string[]; observed: string[] }> {
  bed.world.observed = [];
  const result = await bed.scan({ explain: false, ...options });
  expect(result.unchecked).toEqual([]);
  return { found: brief(result), observed: bed.world.observed.sort() };
}

const IN_SYNC = { found: [], observed: [] };

beforeEach(async () => {
  bed = openTestBed();
  bed.world.confirms = true;
  bed.commit({
    "leeway.yaml": CONFIG,
    "desired/one.yaml": declare("one", "{ a: 1 }"),
    "desired/two.yaml": declare("two", "{ a: 2 }"),
  });
  put("one", { a: 1, b: 1 });
  put("two", { a: 2, b: 2 });
  expect(await scanned()).toEqual({ found: [], observed: ["p one", "p two"] });
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
});

describe("what was in sync", () => {
  it("is confirmed and not observed, scan after scan, and counts as checked", async () => {
    expect(await scanned()).toEqual(IN_SYNC);
    expect(await scanned()).toEqual(IN_SYNC);
    expect((await bed.scan({ explain: false })).targets).toMatchObject([
      { verdict: "in-sync", coverage: { declared: 2, checked: 2, unchecked: 0, unmanaged: 0 } },
    ]);
  });

  it("is observed when it changes, and confirmed again once it is as declared", async () => {
    put("one", { a: 9, b: 1 });
    expect(await scanned()).toEqual({ found: ["one changed out-of-band open /a"], observed: ["p one"] });
    expect(await scanned()).toEqual({ found: ["one changed out-of-band open /a"], observed: ["p one"] });
    put("one", { a: 1, b: 1 });
    expect(await scanned()).toEqual({ found: [], observed: ["p one"] });
    expect(await scanned()).toEqual(IN_SYNC);
  });

  it("is missed when it is gone", async () => {
    bed.world.things.delete("p one");
    expect(await scanned()).toEqual({ found: ["one missing out-of-band open"], observed: [] });
  });

  it("is found out of sync when only something undeclared of it changes", async () => {
    put("one", { a: 1, b: 7 });
    expect((await scanned()).found).toEqual(["one changed external open /b"]);
  });

  it("is proven again after a day, or when that is asked for", async () => {
    put("one", { a: 1, b: 1, hidden: 1 });
    expect(await scanned()).toEqual(IN_SYNC);
    expect(await scanned({ rehash: true })).toMatchObject({ observed: ["p one"] });
    put("two", { a: 2, b: 2, hidden: 1 });
    expect((await scanned()).observed).toEqual(["p one"]);
    bed.world.now = "2026-03-03T00:00:00.000Z";
    expect((await scanned()).observed).toEqual(["p one", "p two"]);
  });
});

describe("a connector that fails to confirm", () => {
  it("is asked for observations of all, and why is said", async () => {
    bed.world.confirms = "fails";
    put("one", { a: 9, b: 1 });
    expect(await scanned()).toEqual({ found: ["one changed out-of-band open /a"], observed: ["p one", "p two"] });
    expect((await bed.scan({ explain: false })).warnings).toEqual([
      'What was in sync of target "here" could not be confirmed, so all of it was observed: nothing can be confirmed',
    ]);
  });
});

describe("what else there is", () => {
  it("is observed at every scan, and vanishes", async () => {
    put("new", { a: 1 });
    const unmanaged = { found: ["new unmanaged orphaned open"], observed: ["p new"] };
    expect(await scanned()).toEqual(unmanaged);
    expect(await scanned()).toEqual(unmanaged);
    bed.world.things.delete("p new");
    expect(await scanned()).toEqual(IN_SYNC);
    expect(await scanned()).toEqual(IN_SYNC);
  });
});

describe("what is known holds for one state of all that verdicts depend on", () => {
  it("holds for another commit that declares the same", async () => {
    bed.commit({ "README.md": "nothing declared" });
    expect(await scanned()).toEqual(IN_SYNC);
  });

  it("does not hold for a commit that declares something else", async () => {
    bed.commit({ "desired/one.yaml": declare("one", "{ a: 3 }") });
    expect(await scanned()).toEqual({ found: ["one changed undeployed open /a"], observed: ["p one", "p two"] });
  });

  it("does not hold for another scope", async () => {
    bed.commit({ "leeway.yaml": CONFIG.replace("thing:**", "thing:o*") });
    expect((await scanned()).observed).toEqual(["p one", "p two"]);
  });

  it("does not hold for other ignore rules", async () => {
    bed.commit({ "leeway.yaml": `${CONFIG}ignore: [{ kind: test/thing, path: /b, reason: known }]\n` });
    expect((await scanned()).observed).toEqual(["p one", "p two"]);
  });

  it("does not hold for other facts", async () => {
    bed.world.kinds = [thingFacts({ attributes: [attribute("/a"), attribute("/b", { roles: ["volatile"] })] })];
    expect((await scanned()).observed).toEqual(["p one", "p two"]);
  });

  it("does not hold under another key of digests", async () => {
    bed.world.env = { LEEWAY_KEY: "another key that is long enough" };
    expect((await scanned()).observed).toEqual(["p one", "p two"]);
  });

  it.each([
    ["a part", { only: ["test/thing:one"] }, ["p one"]],
    ["files that are not committed", { workingTree: true }, ["p one", "p two"]],
    ["every difference", { explain: true }, ["p one", "p two"]],
  ])("is not gone by where a scan is of %s", async (_, options, observed) => {
    expect(await scanned(options)).toEqual({ found: [], observed });
    expect(await scanned()).toEqual(IN_SYNC);
  });

  it("is not kept of what may be other at another time, or with another secret", async () => {
    bed.world.env = { TOKEN: "s3cret-value" };
    put("three", { a: "s3cret-value" });
    put("four", { a: "2027-01-01T00:00:00.000Z" });
    bed.commit({
      "desired/three.yaml": declare("three", `{ a: { $secret: "\${TOKEN}" } }`),
      "desired/four.yaml": declare("four", "{ a: { $expiresAfter: 30d } }"),
    });
    expect((await scanned()).found).toEqual([]);
    expect(await scanned()).toEqual({ found: [], observed: ["p four", "p three"] });
    bed.world.env = { TOKEN: "another-value" };
    expect((await scanned()).found).toEqual(["three changed undeployed open /a"]);
    bed.world.now = "2026-12-20T00:00:00.000Z";
    expect((await scanned()).found).toContain("four changed elapsed open /a");
  });

  it("is not gone by when it is damaged", async () => {
    const database = new DatabaseSync(`${bed.root}/.leeway/state.db`);
    database.exec("update known set size = 1");
    database.close();
    expect(await scanned()).toEqual({ found: [], observed: ["p one", "p two"] });
  });
});

describe("what another process knew meanwhile", () => {
  it("is not taken for what was known before", async () => {
    await using store = await bed.openStore();
    const head = await store.known("here");
    if (head === undefined) throw new Error("nothing is known");
    const as = {
      name: "here",
      mustProve: false,
      signal: new AbortController().signal,
      store,
      head,
      onFailure: () => {},
    };
    const scope = { include: ["test/thing:**"], exclude: [] };
    const session = { ...idle, confirm: async () => ({ listings: [], others: [], isProven: true }) };
    const catalog = compileCatalog(new Map());
    // The rest of a target is not looked at.
    const target = { scope } as unknown as Target;
    expect(await confirmKnown({ ...as, target, session, catalog })).toBeDefined();
    const other = { ...as, head: { ...head, basis: "of another configuration" } };
    expect(await confirmKnown({ ...other, target, session, catalog })).toBeUndefined();
  });

  const idle: Session = {
    places: async () => [],
    observe: async function* () {},
    [Symbol.asyncDispose]: async () => {},
  };
});

describe("confirming", () => {
  const ids = ["one", "two", "three"];
  const value = fc.integer({ min: 1, max: 2 });
  const step = fc.oneof(
    fc.record({ do: fc.constant("put" as const), id: fc.constantFrom(...ids), a: value, b: value }),
    fc.record({ do: fc.constant("remove" as const), id: fc.constantFrom(...ids) }),
    fc.record({ do: fc.constant("declare" as const), id: fc.constantFrom(...ids), a: value }),
    fc.record({ do: fc.constant("undeclare" as const), id: fc.constantFrom("two", "three") }),
    fc.record({ do: fc.constant("accept" as const) }),
  );

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  async function take(in_: TestBed, one: Step): Promise<void> {
    if (one.do === "put") in_.world.things.set(`p ${one.id}`, { actual: { a: one.a, b: one.b } });
    else if (one.do === "remove") in_.world.things.delete(`p ${one.id}`);
    else if (one.do === "declare") in_.commit({ [`desired/${one.id}.yaml`]: declare(one.id, `{ a: ${one.a} }`) });
    else if (one.do === "undeclare") {
      rmSync(`${in_.root}/desired/${one.id}.yaml`, { force: true });
      in_.commit({});
    } else {
      await using store = await in_.openStore();
      const [finding] = await store.findings({ statuses: ["open"] });
      if (finding !== undefined) await in_.decide(finding, {});
    }
    in_.world.now = new Date(Date.parse(in_.world.now) + 60_000).toISOString();
  }

  const seenIn = (result: ScanResult) => ({
    findings: brief(result),
    resolved: result.resolved.map(({ resource, resolution }) => `${resource} ${resolution}`),
    targets: result.targets.map(({ verdict, coverage }) => ({ verdict, coverage })),
    folded: result.folded,
  });

  function begin({ confirms }: { readonly confirms: boolean }): TestBed {
    const made = openTestBed();
    made.world.confirms = confirms;
    made.commit({ "leeway.yaml": CONFIG, "desired/one.yaml": declare("one", "{ a: 1 }") });
    made.world.things.set("p one", { actual: { a: 1, b: 1 } });
    return made;
  }

  async function scanAfter(in_: TestBed, one: Step | undefined): Promise<object> {
    if (one !== undefined) await take(in_, one);
    return seenIn(await in_.scan({ explain: false }));
  }

  it("leads to what observing all leads to, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), async (steps) => {
        await using confirming = begin({ confirms: true });
        await using observing = begin({ confirms: false });
        for (const one of [undefined, ...steps])
          expect(await scanAfter(confirming, one)).toEqual(await scanAfter(observing, one));
      }),
      { numRuns: 5 },
    );
  });
});
