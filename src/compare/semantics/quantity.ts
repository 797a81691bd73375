import type { Json } from "../../model/json.ts";
import { compareDecimals, type Decimal, decimal, decimalOf, formatDecimal, multiply, parseDecimal } from "./decimal.ts";

/**
 * Amounts as Kubernetes writes them (`1Gi`, `500m`, `1e3`), with units of bytes (`512 MB`, `1 GiB`), or as plain numbers. `k`,
 * `M`, `G` are powers of 1000 and `Ki`, `Mi`, `Gi` of 1024, a `B` behind them changes nothing. Arithmetic is exact.
 * Source: the serialization format of k8s.io/apimachinery `resource.Quantity`, and IEC 80000-13.
 */
export function readQuantity(value: Json): Decimal | undefined {
  if (typeof value !== "string") return decimalOf(value);
  if (value.length > LONGEST) return undefined;
  const match = FORM.exec(value.trim());
  const unit = UNITS.get(match?.[2] ?? "");
  const amount = parseDecimal(match?.[1] ?? "");
  if (unit === undefined || amount === undefined) return undefined;
  return multiply(amount, unit);
}

/** Plain digits as text. */
export function canonicalQuantity(value: Json): Json {
  const quantity = readQuantity(value);
  return quantity === undefined ? value : formatDecimal(quantity);
}

export function orderQuantities(a: Json, b: Json): number | undefined {
  const left = readQuantity(a);
  const right = readQuantity(b);
  return left === undefined || right === undefined ? undefined : compareDecimals(left, right);
}

const FORM = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?) ?([a-zA-Z]*)$/;
const LONGEST = 100;

const LARGER = ["k", "M", "G", "T", "P", "E"];
const SMALLER = ["m", "u", "n"];

const UNITS: ReadonlyMap<string, Decimal> = new Map([
  ["", decimal(1n, 0)],
  ["B", decimal(1n, 0)],
  ["KB", decimal(1n, 3)],
  ...LARGER.flatMap((letter, index) => [
    entry(letter, decimal(1n, 3 * (index + 1))),
    entry(`${letter}B`, decimal(1n, 3 * (index + 1))),
    entry(`${letter.toUpperCase()}i`, decimal(1024n ** BigInt(index + 1), 0)),
    entry(`${letter.toUpperCase()}iB`, decimal(1024n ** BigInt(index + 1), 0)),
  ]),
  ...SMALLER.map((letter, index) => entry(letter, decimal(1n, -3 * (index + 1)))),
]);

function entry(unit: string, factor: Decimal): [string, Decimal] {
  return [unit, factor];
}
