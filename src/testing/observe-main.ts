import { stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { hostKinds } from "../connectors/host/kinds/all-kinds.ts";
import { openLocalTransport } from "../connectors/host/transport-local.ts";
import type { Desired } from "../model/declared.ts";
import { getOwn, type JsonObject } from "../model/json.ts";
import type { Listing, Observation } from "../model/observation.ts";
import { declaredOnly } from "./declared-commands.ts";

export interface ObserveArguments {
  /** Asked for by id, with the attributes that are declared. */
  readonly asked?: readonly { readonly id: string; readonly attributes?: JsonObject }[];
  readonly inScope?: boolean;
  /** What every id in scope begins with one of; anything when left out. */
  readonly prefixes?: readonly string[];
  /** What was last recorded, by id. */
  readonly recorded?: Readonly<Record<string, JsonObject>>;
}

/** One line that is read. */
export interface ObserveQuestion extends ObserveArguments {
  readonly kind: string;
}

/** One line that is written for each question. */
export type ObserveReply = { readonly answers: readonly (Observation | Listing)[] } | { readonly failed: string };

/*
 * Reads kinds of the machine that it runs on, so that a test can run the real connector inside a machine of its own: a question a
 * line, a reply a line, each read anew through a transport of its own, until there are no more questions.
 */
for await (const line of createInterface({ input: stdin })) {
  // Only `observe-in.ts` writes questions.
  const reply = await observe(JSON.parse(line) as ObserveQuestion).catch(
    (error: unknown): ObserveReply => ({
      failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  );
  stdout.write(`${JSON.stringify(reply)}\n`);
}

async function observe({ kind: name, asked = [], inScope = false, prefixes, recorded = {} }: ObserveQuestion) {
  const kind = hostKinds.find(({ facts }) => facts.kind === name);
  if (kind === undefined) throw new Error(`Cannot read kind "${name}": there is no such kind`);
  await using local = openLocalTransport();
  const transport = declaredOnly(local, kind.permissions);
  const reading = kind.read(
    {
      at: "machine",
      asked: asked.map(({ id, attributes }) => {
        const desired: Desired = { presence: "present", attributes: attributes ?? {} };
        return { resource: { kind: kind.facts.kind, at: "machine", id }, desired };
      }),
      ...(inScope ? { inScope: () => true } : {}),
      ...(prefixes === undefined ? {} : { prefixes }),
      lastRecorded: async ({ id }) => getOwn(recorded, id),
      now: () => new Date().toISOString(),
      signal: new AbortController().signal,
    },
    transport,
  );
  const answers: (Observation | Listing)[] = [];
  for await (const answer of reading) answers.push(answer);
  return { answers } satisfies ObserveReply;
}
