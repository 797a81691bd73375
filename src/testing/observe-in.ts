import { expect } from "vitest";
import type { Json, JsonObject } from "../model/json.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import { askIn, commandOf } from "./ask-in.ts";
import type { Machine } from "./machine.ts";
import type { ObserveArguments, ObserveQuestion, ObserveReply } from "./observe-main.ts";

/** What a kind answered inside a machine. */
export interface Answers {
  readonly observations: ReadonlyMap<string, Observation>;
  readonly listing: Listing | undefined;
}

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
  const line =
    user === undefined
      ? await askIn(machine, "observe", question)
      : await machine.must(commandOf("observe"), { user, input: `${JSON.stringify(question)}\n` });
  // The program prints nothing but replies.
  const reply = JSON.parse(line) as ObserveReply;
  if ("failed" in reply) throw new Error(`Cannot read kind "${kind}" in the machine: ${reply.failed}`);
  const observations = reply.answers.flatMap((answer) => (isListing(answer) ? [] : [answer]));
  return {
    observations: new Map(observations.map((observation) => [observation.resource.id, observation])),
    listing: reply.answers.find(isListing),
  };
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
