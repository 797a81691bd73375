import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Json, JsonObject } from "../model/json.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import { builtProgram } from "../package-root.ts";
import type { Machine } from "./machine.ts";
import type { ObserveArguments, ObserveQuestion, ObserveReply } from "./observe-main.ts";

/** What a kind answered inside a machine. */
export interface Answers {
  readonly observations: ReadonlyMap<string, Observation>;
  readonly listing: Listing | undefined;
}

const OBSERVE = ["node", fileURLToPath(builtProgram("observe"))] as const;
const REPLY_MS = 60_000;

/**
 * Reads one kind inside a machine with the connector as it was built; as root unless another user is named. Root's reader is started
 * once a boot; what another user may is settled when a process starts, so those have one each time.
 */
export async function observeIn(
  machine: Machine,
  kind: string,
  { user, ...request }: ObserveArguments & { readonly user?: string },
): Promise<Answers> {
  const question: ObserveQuestion = { kind, ...request };
  const reply = user === undefined ? await readerOf(machine).ask(question) : await askOnce(machine, user, question);
  if ("failed" in reply) throw new Error(`Cannot read kind "${kind}" in the machine: ${reply.failed}`);
  const observations = reply.answers.flatMap((answer) => (isListing(answer) ? [] : [answer]));
  return {
    observations: new Map(observations.map((observation) => [observation.resource.id, observation])),
    listing: reply.answers.find(isListing),
  };
}

async function askOnce(machine: Machine, user: string, question: ObserveQuestion): Promise<ObserveReply> {
  const output = await machine.must(OBSERVE, { user, input: `${JSON.stringify(question)}\n` });
  // The program prints nothing but replies.
  return JSON.parse(output) as ObserveReply;
}

const readers = new WeakMap<Machine, { readonly pid: number; readonly reader: Reader }>();

function readerOf(machine: Machine): Reader {
  const known = readers.get(machine);
  if (known?.pid === machine.pid && !known.reader.hasEnded) return known.reader;
  const reader = new Reader(machine.start(OBSERVE));
  readers.set(machine, { pid: machine.pid, reader });
  return reader;
}

/** A program in a machine that answers one question after another. It ends with the machine. */
class Reader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";
  #last: Promise<unknown> = Promise.resolve();

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString("utf8");
    });
    // Its end is noticed where a reply is missing.
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  ask(question: ObserveQuestion): Promise<ObserveReply> {
    const reply = this.#last.then(() => this.#ask(question));
    this.#last = reply.catch(() => undefined);
    return reply;
  }

  async #ask(question: ObserveQuestion): Promise<ObserveReply> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), REPLY_MS);
    const { done, value } = await this.#lines.next();
    clearTimeout(timer);
    if (done === true) throw new Error(`Cannot read kind "${question.kind}" in the machine: no reply ${this.#stderr}`);
    // The program prints nothing but replies.
    return JSON.parse(value) as ObserveReply;
  }
}

/** The attributes of one resource that must be there; of a set the elements in order. */
export async function attributesIn(machine: Machine, kind: string, id: string): Promise<JsonObject> {
  const { observations } = await observeIn(machine, kind, { asked: [{ id }] });
  const observation = observations.get(id);
  expect(observation).toMatchObject({ status: "present" });
  const actual = observation?.status === "present" ? observation.actual : {};
  return Object.fromEntries(Object.entries(actual).map(([name, value]) => [name, inOrder(name, value)]));
}

const SETS = new Set(["groups", "members", "administrators", "addresses", "drop_ins"]);

function inOrder(name: string, value: Json): Json {
  return SETS.has(name) && Array.isArray(value) ? [...value].sort() : value;
}

/** Asserts that a change of the machine shows in exactly one attribute of a resource. `becomes` may be an asymmetric matcher. */
export async function expectOnly(
  machine: Machine,
  what: { readonly kind: string; readonly id: string; readonly path: string; readonly becomes: unknown },
  change: () => Promise<unknown>,
): Promise<void> {
  const name = what.path.slice(1);
  const before = await attributesIn(machine, what.kind, what.id);
  await change();
  const after = await attributesIn(machine, what.kind, what.id);
  expect(after[name]).toEqual(what.becomes);
  expect(after[name]).not.toEqual(before[name]);
  expect({ ...after, [name]: null }).toEqual({ ...before, [name]: null });
}
