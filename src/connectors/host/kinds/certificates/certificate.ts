import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { HostPath, Read, Transport } from "../../transport.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import { certificateFacts } from "./certificate.facts.ts";
import { parseCertificates } from "./parse-certificates.ts";

const CERTIFICATE_NAME = /\.(?:crt|pem|cer|der)$/i;
const NUMBER = /#[1-9][0-9]*$/;
const MAX_BYTES = 4 * 1024 * 1024;
/** Made up by the kernel while one looks. */
const VIRTUAL = ["/proc", "/sys", "/dev"];

/** Certificates in files: whatever is asked for, and in scope the files that are named as such usually are. */
export const certificateKind: HostKind = {
  facts: certificateFacts,
  permissions: [
    {
      kinds: [certificateFacts.kind],
      access: "each file and folder in scope",
      needs: "anyone, where they are readable to all; else root",
      without: "the certificates in what may not be read",
    },
  ],
  async *read(request, transport) {
    const { files, gaps } = await findFiles(request, transport);
    const asked = request.asked.map(({ resource }) => fileOf(resource.id));
    const table = await readFiles([...new Set([...asked, ...files])], request, transport);
    yield* answerFrom(certificateFacts.kind, request, { ...table, gaps: [...gaps, ...table.gaps] });
  },
};

/** The id of the file that holds a certificate. */
function fileOf(id: string): string {
  return id.replace(NUMBER, "");
}

interface Found {
  /** Ids of files. */
  readonly files: readonly string[];
  readonly gaps: readonly ListingGap[];
}

async function findFiles(request: KindRequest, transport: Transport): Promise<Found> {
  if (request.inScope === undefined) return { files: [], gaps: [] };
  const found = await Promise.all(roots(request.prefixes ?? [""]).map((root) => walk(root, request, transport)));
  return { files: found.flatMap(({ files }) => files), gaps: found.flatMap(({ gaps }) => gaps) };
}

async function walk(root: string, request: KindRequest, transport: Transport): Promise<Found> {
  const files: string[] = [];
  const gaps: ListingGap[] = [];
  const mayHold = request.mayHold ?? (() => true);
  const enter = (path: HostPath) => {
    const id = encodeId(path);
    return !VIRTUAL.includes(id) && mayHold(id === "/" ? "/" : `${id}/`);
  };
  const entersAll = (path: HostPath) => path.length > 1 && request.holdsAll?.(`${encodeId(path)}/`) === true;
  const options = { enter, entersAll, signal: request.signal };
  for await (const { path, stat, unlisted } of transport.walk(hostPath(root), options)) {
    const id = encodeId(path);
    const failure = unlisted ?? stat;
    if (!failure.ok) gaps.push(gapAt(id, failure));
    else if (id === root && stat.ok && stat.value.type === "link") gaps.push(linkedRoot(id));
    else if (stat.ok && stat.value.type !== "directory" && CERTIFICATE_NAME.test(id) && mayHold(id)) files.push(id);
  }
  return { files, gaps };
}

/** On Red Hat /etc/ssl/certs is one: what stands behind it has another path. */
function linkedRoot(id: string): ListingGap {
  const detail = `Cannot list "${id}": it is a link, so that its target is to be in scope`;
  return { glob: `${escapeGlob(id)}/**`, reason: "unsupported", detail };
}

/** Whatever it is, it may be a certificate, a bundle of them or a folder that holds some. */
function gapAt(id: string, failure: Exclude<Read<unknown>, { readonly ok: true }>): ListingGap {
  const { reason, detail } = unreadOf(failure);
  return { glob: `${escapeGlob(id)}**`, reason, detail };
}

/** The folders that hold whatever begins with one of the prefixes, none within another. */
function roots(prefixes: readonly string[]): readonly string[] {
  const folders = [...new Set(prefixes.filter((prefix) => prefix === "" || prefix.startsWith("/")).map(folderOf))];
  return folders.filter(
    (folder) =>
      !folders.some((other) => other !== folder && `${folder}/`.startsWith(other === "/" ? "/" : `${other}/`)),
  );
}

function folderOf(prefix: string): string {
  return prefix.lastIndexOf("/") > 0 ? prefix.slice(0, prefix.lastIndexOf("/")) : "/";
}

async function readFiles(files: readonly string[], { signal }: KindRequest, transport: Transport): Promise<Table> {
  const entries = new Map<string, Entry>();
  const gaps: ListingGap[] = [];
  for (let start = 0; start < files.length; start += transport.readsAtOnce) {
    signal.throwIfAborted();
    const batch = files.slice(start, start + transport.readsAtOnce);
    const contents = await Promise.all(batch.map(async (file) => ({ file, content: await readFile(file, transport) })));
    for (const { file, content } of contents) {
      const found = entriesOf(file, content);
      for (const [id, entry] of found.entries) entries.set(id, entry);
      gaps.push(...found.gaps);
    }
  }
  return { status: "read", entries, gaps };
}

async function readFile(file: string, transport: Transport): Promise<Read<Uint8Array>> {
  const path = decodeId(file);
  if (path === undefined) return { ok: false, reason: "absent", detail: `There is no file "${file}"` };
  return await transport.readFile(path, { maxBytes: MAX_BYTES });
}

interface FileEntries {
  readonly entries: readonly (readonly [id: string, Entry])[];
  readonly gaps: readonly ListingGap[];
}

/** Of a file that could not be read, the first certificate is unchecked, and whatever else may stand in it. */
function entriesOf(file: string, content: Read<Uint8Array>): FileEntries {
  if (!content.ok && content.reason === "absent") return { entries: [], gaps: [] };
  if (!content.ok) return hidden(file, unreadOf(content));
  const entries = parseCertificates(content.value).map((certificate, index): readonly [string, Entry] => {
    const id = index === 0 ? file : `${file}#${index + 1}`;
    if (certificate !== undefined) return [id, { status: "present", actual: certificate }];
    return [id, unread("failed", `Cannot read "${file}": certificate ${index + 1} in it is malformed`)];
  });
  return { entries, gaps: [] };
}

function hidden(file: string, why: Unread): FileEntries {
  const { reason, detail } = why;
  return { entries: [[file, why]], gaps: [{ glob: `${escapeGlob(file)}#*`, reason, detail }] };
}
