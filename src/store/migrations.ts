import type { Compilable, SchemaModule } from "kysely";

/** One step of the schema. Statements of a published step never change: their checksum stands in every store. */
export interface Migration {
  readonly name: string;
  readonly statements: (schema: SchemaModule) => readonly Compilable[];
}

/** In order; the version of a store is how many of them it has. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "first tables", statements: firstTables },
  { name: "records in the order of their keys", statements: recordsByKey },
  { name: "known states", statements: knownStates },
];

function knownStates(schema: SchemaModule): Compilable[] {
  return [
    schema
      .createTable("known")
      .addColumn("target", "text", (column) => column.primaryKey())
      .addColumn("basis", "text", (column) => column.notNull())
      .addColumn("revision", "text", (column) => column.notNull())
      .addColumn("desired_hash", "text", (column) => column.notNull())
      .addColumn("size", "integer", (column) => column.notNull())
      .addColumn("complete", "integer", (column) => column.notNull())
      .addColumn("proven_at", "text", (column) => column.notNull()),
    schema
      .createTable("known_parts")
      .addColumn("target", "text", (column) => column.notNull().references("known.target"))
      .addColumn("part", "integer", (column) => column.notNull())
      .addColumn("records", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("known_parts_key", ["target", "part"]),
  ];
}

/** All that listing the recorded resources takes: the rows themselves stand in the order in which they were written. */
function recordsByKey(schema: SchemaModule): Compilable[] {
  const columns = ["target", "kind", "at", "id", "scan", "retired", "ever_declared", "presence", "observed_at"];
  return [
    schema
      .createIndex("records_by_key")
      .on("records")
      .columns([...columns, "in_sync_key"]),
  ];
}

function firstTables(schema: SchemaModule): Compilable[] {
  return [...singles(schema), ...scanTables(schema), ...recordTables(schema), ...findingTables(schema)];
}

function singles(schema: SchemaModule): Compilable[] {
  return [
    schema
      .createTable("meta")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull()),
    schema
      .createTable("leases")
      .addColumn("target", "text", (column) => column.primaryKey())
      .addColumn("token", "integer", (column) => column.notNull())
      .addColumn("pid", "integer")
      .addColumn("host", "text", (column) => column.notNull())
      .addColumn("machine", "text", (column) => column.notNull())
      .addColumn("process_start", "text", (column) => column.notNull())
      .addColumn("since", "text", (column) => column.notNull())
      .addColumn("expires_at", "text", (column) => column.notNull()),
    schema
      .createTable("audit")
      .addColumn("sequence", "integer", (column) => column.primaryKey())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull()),
  ];
}

function scanTables(schema: SchemaModule): Compilable[] {
  return [
    schema
      .createTable("scans")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("revision", "text", (column) => column.notNull())
      .addColumn("started_at", "text", (column) => column.notNull())
      .addColumn("ended_at", "text")
      .addColumn("partial", "integer", (column) => column.notNull())
      .addColumn("verdict", "text")
      .addColumn("coverage", "text")
      .addColumn("folded", "text")
      .addColumn("reason", "text"),
    schema.createIndex("scans_by_target").on("scans").columns(["target", "state", "id"]),
    schema
      .createTable("targets")
      .addColumn("target", "text", (column) => column.primaryKey())
      .addColumn("published_scan", "integer", (column) => column.notNull().references("scans.id"))
      .addColumn("whole_scan", "integer", (column) => column.references("scans.id"))
      .addColumn("unchecked", "text", (column) => column.notNull())
      .addColumn("known_gaps", "text", (column) => column.notNull()),
    schema
      .createTable("listings")
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("scope_hash", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("listings_key", ["target", "kind", "at"]),
  ];
}

function recordTables(schema: SchemaModule): Compilable[] {
  return [
    schema
      .createTable("documents")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull()),
    schema
      .createTable("facts")
      .addColumn("version", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull()),
    schema
      .createTable("records")
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("scan", "integer", (column) => column.notNull().references("scans.id"))
      .addColumn("aliases", "text")
      .addColumn("presence", "text", (column) => column.notNull())
      .addColumn("document_hash", "text")
      .addColumn("observed_at", "text", (column) => column.notNull())
      .addColumn("baseline", "text")
      .addColumn("baseline_hash", "text")
      .addColumn("ever_declared", "integer", (column) => column.notNull())
      .addColumn("in_sync_key", "text")
      .addColumn("retired", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("records_key", ["target", "kind", "at", "id", "scan"]),
    schema.createIndex("records_by_scan").on("records").columns(["scan"]),
  ];
}

function findingTables(schema: SchemaModule): Compilable[] {
  return [
    schema
      .createTable("findings")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("resolved_at", "text")
      .addColumn("body", "text", (column) => column.notNull()),
    schema.createIndex("findings_by_target").on("findings").columns(["target", "status"]),
    schema
      .createTable("transitions")
      .addColumn("finding", "text", (column) => column.notNull().references("findings.id"))
      .addColumn("sequence", "integer", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("transitions_key", ["finding", "sequence"]),
  ];
}
