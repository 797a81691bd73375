import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Connector, ObserveRequest, Session } from "../connector.ts";
import { kindCatalog } from "../model/facts.ts";
import type { Listing, Observation } from "../model/observation.ts";
import { compileScope } from "../model/resource.ts";
import { type ConnectorUnderTest, connectorSuite } from "./connector-suite.ts";

/** A system small enough to see through: named texts, some of which may be locked. */
interface Shelf {
  readonly books: Map<string, string>;
  locked: string | undefined;
  writes: number;
}

type Answer = Observation | Listing;
const now = () => new Date().toISOString();

async function* observeShelf(shelf: Shelf, request: ObserveRequest, signal: AbortSignal): AsyncGenerator<Answer> {
  const inScope = compileScope(request.scope ?? { include: [], exclude: [] });
  const found = [...shelf.books.keys()].filter((id) => inScope("shelf/book", id));
  const asked = request.asked.map(({ resource }) => resource);
  const unasked = found.filter((id) => asked.every((resource) => resource.id !== id));
  for (const resource of [...asked, ...unasked.map((id) => ({ kind: "shelf/book", at: "room", id }))]) {
    await Promise.resolve();
    signal.throwIfAborted();
    const text = shelf.books.get(resource.id);
    const unchecked = { resource, observedAt: now(), status: "unchecked", detail: "Cannot read the book" } as const;
    if (resource.kind !== "shelf/book" || resource.at !== "room") yield { ...unchecked, reason: "unsupported" };
    else if (shelf.locked === resource.id) yield { ...unchecked, reason: "denied" };
    else if (text === undefined) yield { resource, observedAt: now(), status: "absent" };
    else yield { resource, observedAt: now(), status: "present", actual: { text } };
  }
  for (const kind of request.listedKinds) yield { kind, at: "room", observedAt: now(), status: "listed" };
}

type Observe = (shelf: Shelf, request: ObserveRequest, signal: AbortSignal) => AsyncIterable<Answer>;

function shelfUnderTest(observe: Observe, overrides: Partial<Connector<unknown>> = {}): ConnectorUnderTest<unknown> {
  const shelf: Shelf = { books: new Map([["emma", "a"]]), locked: undefined, writes: 0 };
  const session: Session = {
    places: async () => [{ name: "room" }],
    observe: (request, signal) => observe(shelf, request, signal),
    [Symbol.asyncDispose]: async () => {},
  };
  const text = { path: "/text", type: "string", description: "What it says" } as const;
  const id = { description: "its name", example: "emma" };
  const facts = {
    kind: "shelf/book",
    summary: "A book",
    id,
    attributes: [text],
    emptyIs: "value",
    read: "by eye",
  } as const;
  return {
    connector: {
      name: "shelf",
      settings: z.strictObject({}),
      kinds: kindCatalog([facts]),
      permissions: () => [],
      open: async () => session,
      ...overrides,
    },
    settings: {},
    present: { kind: "shelf/book", id: "emma" },
    absent: { kind: "shelf/book", id: "ulysses" },
    scope: { include: ["shelf/book:*"], exclude: [] },
    listedKinds: ["shelf/book"],
    deny: async () => {
      shelf.locked = "emma";
      return {
        [Symbol.asyncDispose]: async () => {
          shelf.locked = undefined;
        },
      };
    },
    appear: async () => {
      shelf.books.set("persuasion", "b");
      return {
        resource: { kind: "shelf/book", id: "persuasion" },
        disappear: async () => {
          shelf.books.delete("persuasion");
        },
      };
    },
    fingerprint: async () => JSON.stringify([...shelf.books, shelf.writes]),
  };
}

async function failuresOf(subject: ConnectorUnderTest<unknown>): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of connectorSuite(subject)) {
    try {
      await run();
    } catch {
      failures.push(name);
    }
  }
  return failures;
}

/** The shelf with each answer changed, or left out. */
function changing(change: (answer: Answer) => readonly Answer[]): Observe {
  return async function* (shelf, request, signal) {
    for await (const answer of observeShelf(shelf, request, signal)) yield* change(answer);
  };
}

const hideUnchecked = (answer: Answer): Answer =>
  answer.status === "unchecked"
    ? { resource: answer.resource, observedAt: answer.observedAt, status: "absent" }
    : answer;

let serial = 0;

describe("connectorSuite", () => {
  it("passes a connector that keeps the contract", async () => {
    expect(await failuresOf(shelfUnderTest(observeShelf))).toEqual([]);
  });

  it.each<[string, string, Observe]>([
    [
      "calls a denied resource absent",
      "observes a denied resource as unchecked, never as absent",
      changing((answer) => [hideUnchecked(answer)]),
    ],
    [
      "leaves out what it could not read, and calls the listing complete",
      "says that a listing has a gap where a denied resource may be",
      changing((answer) => (answer.status === "unchecked" ? [] : [answer])),
    ],
    [
      "invents a resource for a kind that it does not know",
      "answers whatever is asked, and what it does not know as unchecked",
      changing((answer) => [hideUnchecked(answer)]),
    ],
    [
      "gives no listing",
      "finds what stands in scope without being asked, and lists each kind at each place once",
      changing((answer) => (answer.status === "listed" ? [] : [answer])),
    ],
    [
      "answers twice",
      "answers only once for what is asked and stands in scope as well",
      changing((answer) => [answer, answer]),
    ],
    [
      "lists although there is no scope",
      "lists nothing where there is no scope",
      async function* (shelf, request, signal) {
        yield* observeShelf(shelf, request, signal);
        if (request.scope === undefined) yield { kind: "shelf/book", at: "room", observedAt: now(), status: "listed" };
      },
    ],
    [
      "gives ids that change",
      "gives the same resources the same ids, and what did not change the same attributes",
      changing((answer) =>
        "resource" in answer ? [{ ...answer, resource: { ...answer.resource, id: `${serial++}` } }] : [answer],
      ),
    ],
    [
      "has attributes that no fact knows",
      "observes what is there as present, with attributes that its facts know",
      changing((answer) => (answer.status === "present" ? [{ ...answer, actual: { pages: 3 } }] : [answer])),
    ],
    [
      "breaks off where a resource vanishes",
      "bears a resource that vanishes while it is observed, and observes it as absent afterwards",
      async function* (shelf, request, signal) {
        const before = [...shelf.books.keys()];
        for await (const answer of observeShelf(shelf, request, signal)) {
          yield answer;
          if (before.some((id) => !shelf.books.has(id))) throw new Error("gone");
        }
      },
    ],
    [
      "does not stop when it is aborted",
      "ends when it is aborted, before it starts and in the middle",
      (shelf, request) => observeShelf(shelf, request, new AbortController().signal),
    ],
    [
      "writes",
      "changes nothing on the system",
      (shelf, request, signal) => {
        shelf.writes += 1;
        return observeShelf(shelf, request, signal);
      },
    ],
  ])("fails a connector that %s", async (_, claim, observe) => {
    expect(await failuresOf(shelfUnderTest(observe))).toContain(claim);
  });

  it("fails a connector that takes settings it does not know", async () => {
    const subject = shelfUnderTest(observeShelf, { settings: z.looseObject({}) });
    expect(await failuresOf(subject)).toEqual(["refuses a setting that it does not know"]);
  });

  it("fails a connector whose rights name a kind that it does not have", async () => {
    const permission = { kinds: ["shelf/scroll"], access: "a hand", needs: "anyone", without: "scrolls" };
    const subject = shelfUnderTest(observeShelf, { permissions: () => [permission] });
    expect(await failuresOf(subject)).toEqual([
      "names only its own kinds in the rights that it needs and in its rules",
    ]);
  });
});
