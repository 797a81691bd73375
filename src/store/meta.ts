import { decodeJson, encodeJson } from "./codec.ts";
import type { Database, Tx } from "./engine.ts";

/** The single values a store keeps, by name. */
export interface MetaValues {
  readonly lastScanId: number;
  /** The last entry of the audit log, so that one cut off at its end is noticed. */
  readonly auditHead: AuditMark;
  /** The last entry that retention removed from the start of the audit log. */
  readonly auditCheckpoint: AuditMark;
}

export interface AuditMark {
  readonly sequence: number;
  readonly hash: string;
}

export async function readMeta<Name extends keyof MetaValues>(
  db: Database | Tx,
  name: Name,
): Promise<MetaValues[Name] | undefined> {
  const row = await db.selectFrom("meta").select("value").where("name", "=", name).executeTakeFirst();
  return row === undefined ? undefined : decodeJson<MetaValues[Name]>(row.value);
}

export async function writeMeta<Name extends keyof MetaValues>(
  tx: Tx,
  name: Name,
  value: MetaValues[Name],
): Promise<void> {
  const row = { name, value: encodeJson(value) };
  await tx
    .insertInto("meta")
    .values(row)
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: row.value }))
    .execute();
}
