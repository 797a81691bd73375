import type { Compilable } from "kysely";
import type { Tx } from "./engine.ts";

/**
 * Runs one insert for each row with the text that is compiled for the first, which costs a fraction of building it anew.
 * All rows must have the same columns in the same order, none of them undefined.
 * @returns the rows that an `on conflict do nothing` passed over
 */
export async function insertEach<Row extends object>(
  tx: Tx,
  rows: readonly Row[],
  insert: (row: Row) => Compilable,
): Promise<Row[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const compiled = insert(first).compile();
  const passedOver: Row[] = [];
  for (const row of rows) {
    const parameters = Object.values(row);
    if (parameters.length !== compiled.parameters.length) throw new Error("Rows of one insert differ in their columns");
    const { numAffectedRows } = await tx.executeQuery({ ...compiled, parameters });
    if (numAffectedRows === 0n) passedOver.push(row);
  }
  return passedOver;
}
