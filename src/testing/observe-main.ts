import { argv, stdout } from "node:process";
import { hostKinds } from "../connectors/host/kinds/all-kinds.ts";
import { openLocalTransport } from "../connectors/host/transport-local.ts";
import type { Desired } from "../model/declared.ts";
import { getOwn, type JsonObject } from "../model/json.ts";
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

/*
 * Reads one kind of the machine that it runs on and prints what it found, one JSON document a line, so that a test can run the
 * real connector inside a machine of its own: `observe-main.js KIND ARGUMENTS`.
 */
const [, , name, json = "{}"] = argv;
const kind = hostKinds.find(({ facts }) => facts.kind === name);
if (kind === undefined) throw new Error(`Cannot read kind "${name}": there is no such kind`);
// Only the tests beside it write this argument.
const { asked = [], inScope = false, prefixes, recorded = {} } = JSON.parse(json) as ObserveArguments;
await using local = openLocalTransport();
const transport = declaredOnly(local, kind.permissions);
const answers = kind.read(
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
for await (const answer of answers) stdout.write(`${JSON.stringify(answer)}\n`);
