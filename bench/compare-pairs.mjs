/**
 * 100,000 pairs of resources of 60 leaves, 1 % of them changed in one leaf, as `desired` and `actual`. Each side is parsed from
 * its own text, so no two objects share anything; only the comparing is timed. `ours` compares with the kind's facts in force
 * (sets, a keyed list, quantities, a JSON text, a version); one in a thousand differs only in ways that those facts make equal.
 */
import { strict as assert } from "node:assert";
import { performance } from "node:perf_hooks";
import microdiff from "microdiff";
import { compare } from "../dist/compare/compare.js";
import { compileFacts } from "../dist/compare/compile-facts.js";

const PAIRS = 100_000;
/** As many as the engine takes at a time. */
const CHUNK = 500;

const attribute = (path, semantics) => ({ path, type: "any", description: "", ...(semantics && { semantics }) });

const FACTS = compileFacts(
  {
    kind: "bench/service",
    summary: "a service",
    id: { description: "a name", example: "service-1" },
    emptyIs: "value",
    read: "memory",
    attributes: [
      attribute("/zones", "set"),
      attribute("/rules", { keyed: ["port"] }),
      attribute("/rules/*/from", "set"),
      attribute("/limits/memory", "quantity"),
      attribute("/policy", "json"),
      attribute("/version", "version"),
    ],
  },
  "bench",
);

/** 60 leaves, as a cloud provider or an orchestrator would answer them. */
function resource(number, variant) {
  const isSpelledOtherwise = variant === "equal";
  return {
    name: `service-${number}`,
    version: isSpelledOtherwise ? "0:1.24.3" : "1.24.3",
    enabled: true,
    replicas: variant === "changed" ? 4 : 3,
    zones: isSpelledOtherwise ? ["b", "c", "a"] : ["a", "b", "c"],
    limits: { memory: isSpelledOtherwise ? "1Gi" : "1024Mi", cpu: "500m", files: 65536, processes: 512 },
    policy: isSpelledOtherwise ? '{"b": [1, 2], "a": true}' : '{"a":true,"b":[1,2]}',
    labels: Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`label-${index}`, `value-${number}-${index}`]),
    ),
    rules: Array.from({ length: 5 }, (_, index) => ({
      port: 8000 + index,
      proto: "tcp",
      open: false,
      from: ["10.0.0.0/8"],
    })),
    settings: {
      log: { level: "info", format: "json", keep: 14 },
      tls: { minimum: "1.2", ciphers: "modern", reload: true },
      retry: { attempts: 5, backoff: 1.5, jitter: true },
    },
    owner: { team: "platform", mail: `team-${number % 40}@example.com`, pager: null },
    created: "2026-01-01T00:00:00Z",
    notes: "",
  };
}

function variantOf(number) {
  if (number % 100 === 7) return "changed";
  return number % 1000 === 13 ? "equal" : "same";
}

function chunkOf(start) {
  return Array.from({ length: CHUNK }, (_, offset) => {
    const number = start + offset;
    const desired = JSON.stringify(resource(number, "same"));
    const actual = JSON.stringify(resource(number, variantOf(number)));
    return { id: `service-${number}`, desired: JSON.parse(desired), actual: JSON.parse(actual) };
  });
}

const CONTEXT = { ignore: () => undefined, now: "2026-01-01T00:00:00.000Z", accepted: () => false };

function compareOurs({ id, desired, actual }) {
  const reference = { kind: "bench/service", at: "local", id };
  const comparison = compare(
    {
      resource: reference,
      declared: {
        resource: reference,
        desired: { presence: "present", attributes: desired },
        declaredAt: { file: "bench", line: 1 },
      },
      formerlyDeclared: false,
      knownAbsent: false,
      observation: { resource: reference, observedAt: CONTEXT.now, status: "present", actual },
    },
    FACTS,
    CONTEXT,
  );
  return comparison.drift?.changes.length ?? 0;
}

const compareMicrodiff = ({ desired, actual }) => microdiff(desired, actual).length;

const side = process.argv[2];
const count = side === "ours" ? compareOurs : compareMicrodiff;
for (const pair of chunkOf(PAIRS)) count(pair); // Both sides are warm when the clock starts.
let milliseconds = 0;
let changedPairs = 0;
let changes = 0;
for (let start = 0; start < PAIRS; start += CHUNK) {
  const pairs = chunkOf(start);
  const begin = performance.now();
  for (const pair of pairs) {
    const found = count(pair);
    changes += found;
    if (found > 0) changedPairs++;
  }
  milliseconds += performance.now() - begin;
}
// Microdiff knows no facts, so it also reports what only looks different.
assert.equal(changedPairs, side === "ours" ? PAIRS / 100 : PAIRS / 100 + PAIRS / 1000);
if (side === "ours") assert.equal(changes, PAIRS / 100);
process.stdout.write(`${JSON.stringify({ milliseconds, changes })}\n`);
