import { createHash } from "node:crypto";
import nodePath from "node:path/posix";
import { readYaml, type YamlDocument } from "../config/yaml-source.ts";
import type { Connector } from "../connector.ts";
import type { Problem } from "../errors.ts";
import type { Declared } from "../model/declared.ts";
import type { Expected, ExpectedObject } from "../model/expected.ts";
import type { KindCatalog } from "../model/facts.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { type CheckContext, checkAttribute, describe, report } from "./check-attributes.ts";
import { readHead } from "./document-head.ts";
import { type Duplicates, declaredTwice } from "./duplicates.ts";
import { type DigestName, kindIndex } from "./kind-index.ts";
import { readValue } from "./read-value.ts";

export interface DocumentsOptions {
  readonly kinds: KindCatalog;
  /** What `${NAME}` in `{$secret: …}` stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The SHA-256 of a file of the same revision, in lower-case hexadecimal; undefined when there is none. */
  readonly digestOf: (path: string) => Promise<string | undefined>;
  /** The same file as text; undefined when it is none, or a large one. Asked only where `implied` is there. */
  readonly textOf?: (path: string) => Promise<string | undefined>;
  /** What declared content implies: see `Connector.implied`. */
  readonly implied?: Connector["implied"] | undefined;
  /** What was declared in other files. */
  readonly duplicates: Duplicates;
}

/** What one file declares. Where there are problems, `declared` holds only what is free of them. */
export interface DocumentsRead {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a file of Leeway's own documents: YAML, one resource a document. Every mistake is reported, with its position.
 * @param file from the root of the repository; `source:` starts at its folder
 */
export async function readDocuments(
  file: string,
  source: Uint8Array | string,
  options: DocumentsOptions,
): Promise<DocumentsRead> {
  const yaml = readYaml(source, { file });
  const problems: Problem[] = [...yaml.problems];
  const declared: Declared[] = [];
  if (source.length === 0)
    problems.push({
      file,
      message: `Cannot read "${file}": it is empty`,
      hint: "Declare a resource in it, or remove it",
    });
  for (const document of yaml.documents()) {
    if (document.problems.length > 0) problems.push(...document.problems);
    else {
      const found = await readDocument(document, { file, problems, options });
      if (found !== undefined) declared.push(found);
    }
  }
  return { declared, problems };
}

interface Reading {
  readonly file: string;
  readonly problems: Problem[];
  readonly options: DocumentsOptions;
}

/** The resource that a document declares; undefined when it has a mistake. */
async function readDocument(document: YamlDocument, reading: Reading): Promise<Declared | undefined> {
  const { value } = document;
  const { problems } = reading;
  const before = problems.length;
  if (!isJsonObject(value)) {
    problems.push(
      document.problemAt([], {
        message: `A document must be a map with kind, id and attributes, not ${describe(value)}`,
      }),
    );
    return undefined;
  }
  const head = readHead(value, document, { kinds: reading.options.kinds, problems });
  if (head.kind === undefined) return undefined;
  const context: CheckContext = { document, problems, kind: kindIndex(head.kind), secret: head.secret };
  const read = await readAttributes(head.attributes, context, reading);
  if (problems.length > before) return undefined;
  const attributes = await withImplied(read, { ...head, kind: head.kind.kind }, reading);
  const declared: Declared = {
    kind: head.kind.kind,
    id: head.id,
    ...(head.at === undefined ? {} : { at: head.at }),
    desired: head.absent ? { presence: "absent" } : { presence: "present", attributes },
    declaredAt: { file: reading.file, line: document.startLine },
  };
  const first = reading.options.duplicates.add(declared);
  if (first !== undefined) report(context, ["id"], declaredTwice(declared, first));
  return declared;
}

async function readAttributes(
  attributes: JsonObject,
  context: CheckContext,
  reading: Reading,
): Promise<{ readonly [name: string]: Expected }> {
  const read: { [name: string]: Expected } = {};
  for (const [name, value] of Object.entries(attributes)) {
    const digest = context.kind.digests.get(name);
    const target = digest?.attribute ?? name;
    const expected =
      digest === undefined
        ? readChecked(name, value, { ...context, env: reading.options.env })
        : await readDigest({ name, value, digest }, context, reading);
    if (Object.hasOwn(read, target))
      report(context, ["attributes", name], {
        what: "key",
        message: `"${target}" is declared twice, the second time by "${name}"`,
        hint: "Leave one of them out",
      });
    else setOwn(read, target, expected);
  }
  return read;
}

/** What the document's content implies is added; what it declares itself holds. */
async function withImplied(
  declared: ExpectedObject,
  { kind, id, attributes }: { readonly kind: string; readonly id: string; readonly attributes: JsonObject },
  { file, options }: Reading,
): Promise<ExpectedObject> {
  const facts = options.kinds.get(kind);
  if (options.implied === undefined || facts === undefined) return declared;
  const { digests } = kindIndex(facts);
  const [name = ""] = Object.keys(attributes).filter((each) => digests.has(each));
  const value = getOwn(attributes, name);
  if (typeof value !== "string") return declared;
  const isText = digests.get(name)?.from === "text";
  const text = isText ? value : await options.textOf?.(nodePath.join(nodePath.dirname(file), value));
  const implied = text === undefined ? undefined : options.implied({ kind, id, text });
  return implied === undefined ? declared : { ...implied, ...declared };
}

function readChecked(name: string, value: Json, context: Parameters<typeof readValue>[2]): Expected {
  const before = context.problems.length;
  const expected = readValue(name, value, context);
  if (context.problems.length === before) checkAttribute(name, expected, context);
  return expected;
}

interface DigestMember {
  readonly name: string;
  readonly value: Json;
  readonly digest: DigestName;
}

/** The SHA-256 of the text that stands in the document, or of the file that it names. */
async function readDigest(member: DigestMember, context: CheckContext, { file, options }: Reading): Promise<Expected> {
  const { name, value, digest } = member;
  const path = ["attributes", name];
  if (typeof value !== "string") {
    const source = context.document.sourceOf(path);
    report(context, path, {
      message: `"${name}" must be text, not ${describe(value)}`,
      ...(source === undefined || source === "" ? {} : { hint: `Put it in quotes: "${source}"` }),
    });
    return null;
  }
  if (digest.from === "text") return createHash("sha256").update(value).digest("hex");
  const found = isInside(value, file)
    ? await options.digestOf(nodePath.join(nodePath.dirname(file), value))
    : undefined;
  if (found !== undefined) return found;
  report(context, path, {
    message: `There is no file "${value}" beside the document in this revision`,
    hint: "Write a path relative to the document, inside the repository, and commit the file",
  });
  return null;
}

function isInside(path: string, file: string): boolean {
  const joined = nodePath.join(nodePath.dirname(file), path);
  return path !== "" && !path.startsWith("/") && joined !== ".." && !joined.startsWith("../");
}
