import type { Semantics } from "../../model/facts.ts";
import type { Json } from "../../model/json.ts";
import { canonicalArn, sameArns } from "./arn.ts";
import { canonicalCidr } from "./cidr.ts";
import { canonicalDuration, orderDurations } from "./duration.ts";
import { canonicalExact, orderNumbers, sameExact } from "./exact.ts";
import { canonicalFileMode, orderFileModes } from "./file-mode.ts";
import { canonicalIamPolicy } from "./iam-policy.ts";
import { canonicalJsonText } from "./json-text.ts";
import { canonicalPem } from "./pem.ts";
import { canonicalQuantity, orderQuantities } from "./quantity.ts";
import { canonicalTimestamp, orderTimestamps } from "./timestamp.ts";
import { canonicalVersion, orderVersions } from "./version.ts";

/** How two values of one attribute compare. Pure; none of its functions throws on any value. */
export interface Comparer {
  readonly name: string;
  /** Whether `order` knows more than plain numbers: then a bound is judged by it alone. */
  readonly ordered: boolean;
  /** Equal under the semantics, or identical; what null and a missing value mean is the caller's to say. */
  same(a: Json, b: Json): boolean;
  /**
   * Equal values give equal `canonicalJson` text (but for `arn`, which is no equivalence: there a name keeps its own text). A
   * value the semantics cannot read comes back unchanged.
   */
  canonical(value: Json): Json;
  /** Less than 0, 0, or greater than 0, as for `Array.prototype.sort`; undefined when the two are not comparable. */
  order(a: Json, b: Json): number | undefined;
}

/** The comparer of a semantics. Sets, sequences and keyed lists get the exact one: whoever walks the list matches its elements. */
export function comparerOf(semantics: Semantics): Comparer {
  return typeof semantics === "object" ? COMPARERS.exact : COMPARERS[semantics];
}

type Canonical = (value: Json) => Json;
type Order = (a: Json, b: Json) => number | undefined;

const exact: Comparer = {
  name: "exact",
  ordered: false,
  same: sameExact,
  canonical: canonicalExact,
  order: orderNumbers,
};

const COMPARERS: Readonly<Record<Extract<Semantics, string>, Comparer>> = {
  exact,
  set: exact,
  sequence: exact,
  json: unordered("json", canonicalJsonText),
  "iam-policy": unordered("iam-policy", canonicalIamPolicy),
  quantity: ordered("quantity", canonicalQuantity, orderQuantities),
  duration: ordered("duration", canonicalDuration, orderDurations),
  cidr: unordered("cidr", canonicalCidr),
  "file-mode": ordered("file-mode", canonicalFileMode, orderFileModes),
  version: ordered("version", canonicalVersion, orderVersions),
  pem: unordered("pem", canonicalPem),
  arn: { ...unordered("arn", canonicalArn), same: sameArns, order: (a, b) => (sameArns(a, b) ? 0 : undefined) },
  "case-insensitive": unordered("case-insensitive", lowerCase),
  timestamp: ordered("timestamp", canonicalTimestamp, orderTimestamps),
};

/** Two values are the same when their canonical forms are: an equivalence by construction. */
function sameUnder(canonical: Canonical): Comparer["same"] {
  return (a, b) => a === b || sameExact(a, b) || sameExact(canonical(a), canonical(b));
}

function unordered(name: string, canonical: Canonical): Comparer {
  const same = sameUnder(canonical);
  return { name, ordered: false, same, canonical, order: (a, b) => (same(a, b) ? 0 : orderNumbers(a, b)) };
}

function ordered(name: string, canonical: Canonical, order: Order): Comparer {
  const same = sameUnder(canonical);
  return { name, ordered: true, same, canonical, order: (a, b) => (same(a, b) ? 0 : order(a, b)) };
}

function lowerCase(value: Json): Json {
  return typeof value === "string" ? value.toLowerCase() : value;
}
