import { endianness } from "node:os";
import type { Database, Tx } from "./engine.ts";
import { insertEach } from "./insert-each.ts";
import type { Known, KnownHead } from "./store.ts";

/** What the target was in sync under; see `Store.known`. */
export async function readKnown(db: Database, target: string): Promise<KnownHead | undefined> {
  const row = await db.selectFrom("known").selectAll().where("target", "=", target).executeTakeFirst();
  if (row === undefined) return undefined;
  const { basis, revision, desired_hash, size, complete, proven_at } = row;
  return { basis, revision, desiredHash: desired_hash, size, isComplete: complete === 1, provenAt: proven_at };
}

/** One part at a time: together they may be as large as what they are of. */
export async function* readKnownRecords(db: Database, target: string): AsyncGenerator<Uint32Array, void> {
  const ofTarget = db.selectFrom("known_parts").where("target", "=", target);
  for (let part = 0; ; part += 1) {
    const row = await ofTarget.select("records").where("part", "=", part).executeTakeFirst();
    if (row === undefined) return;
    yield decode(row.records);
  }
}

/** Puts what is known of a target in the place of what was. */
export async function writeKnown(tx: Tx, target: string, { head, records }: Known): Promise<void> {
  const { basis, revision, desiredHash: desired_hash, size, isComplete, provenAt: proven_at } = head;
  const row = { basis, revision, desired_hash, size, complete: Number(isComplete), proven_at };
  await tx
    .insertInto("known")
    .values({ target, ...row })
    .onConflict((conflict) => conflict.column("target").doUpdateSet(row))
    .execute();
  if (records === undefined) return;
  await tx.deleteFrom("known_parts").where("target", "=", target).execute();
  let part = 0;
  for (const each of records) {
    await insertEach(tx, [{ target, part, records: encode(each) }], (values) =>
      tx.insertInto("known_parts").values(values),
    );
    part += 1;
  }
}

function encode(records: Uint32Array): string {
  return littleEndian(Buffer.from(records.slice().buffer)).toString("base64");
}

function decode(text: string): Uint32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  const { buffer, byteLength } = littleEndian(bytes);
  return new Uint32Array(buffer, 0, Math.floor(byteLength / 4));
}

/** The order of this machine's bytes in a word turned to little-endian, or back; in place. */
function littleEndian<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  if (endianness() === "BE") Buffer.from(bytes.buffer).swap32();
  return bytes;
}
