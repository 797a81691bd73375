import type { Baseline } from "../model/baseline.ts";
import type { JsonObject } from "../model/json.ts";
import { decodeDocument, decodeJson, encodeJson } from "./codec.ts";
import { toStored } from "./documents.ts";
import type { ResourceRecord, StagedRecord } from "./store.ts";
import type { RecordTable } from "./tables.ts";

/** A row with the bodies of its documents; a baseline's is left out where it is the document itself. */
export interface RecordRow extends RecordTable {
  readonly document_body: string | null;
  readonly baseline_body: string | null;
}

/** The row of a record, and the documents it refers to, added to `documents` by hash. */
export function toRow(
  record: StagedRecord,
  scan: { readonly target: string; readonly id: number },
  documents: Map<string, string>,
): RecordTable {
  const { resource, baseline } = record;
  const documentHash = record.document === null ? null : keep(record.document, documents);
  if (documentHash !== record.documentHash)
    throw new Error(`The document of "${resource.id}" is staged under a foreign hash`);
  return {
    target: scan.target,
    kind: resource.kind,
    at: resource.at,
    id: resource.id,
    scan: scan.id,
    aliases: resource.aliases === undefined ? null : encodeJson(resource.aliases),
    presence: record.presence,
    document_hash: documentHash,
    observed_at: record.observedAt,
    baseline: baseline === null ? null : encodeBaseline(baseline),
    baseline_hash: baseline === null ? null : keep(baseline.attributes, documents),
    ever_declared: Number(record.everDeclared),
    in_sync_key: record.inSyncKey,
    retired: Number(record.retired),
  };
}

function keep(document: JsonObject, documents: Map<string, string>): string {
  const { hash, body } = toStored(document);
  documents.set(hash, body);
  return hash;
}

function encodeBaseline({ attributes: _, ...rest }: Baseline): string {
  return encodeJson(rest);
}

export function fromRow(row: RecordRow): ResourceRecord {
  const document = row.document_body === null ? null : decodeDocument(row.document_body);
  const { kind, at, id, aliases } = row;
  return {
    resource: {
      kind,
      at,
      id,
      ...(aliases === null ? {} : { aliases: decodeJson<readonly string[] & object>(aliases) }),
    },
    presence: row.presence,
    document,
    documentHash: row.document_hash,
    observedAt: row.observed_at,
    baseline: decodeBaseline(row, document),
    everDeclared: row.ever_declared === 1,
    inSyncKey: row.in_sync_key,
  };
}

function decodeBaseline(row: RecordRow, document: JsonObject | null): Baseline | null {
  if (row.baseline === null) return null;
  const attributes = row.baseline_body === null ? document : decodeDocument(row.baseline_body);
  if (attributes === null) throw new Error(`The baseline of "${row.id}" has lost its attributes`);
  return { ...decodeJson<Omit<Baseline, "attributes">>(row.baseline), attributes };
}
