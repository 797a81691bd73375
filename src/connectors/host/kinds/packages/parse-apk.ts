import { idText, linesOf, valueText } from "../bytes.ts";
import type { Entry, Table } from "../table.ts";

/** One package of apk's database: `X:value` lines by their letter, and the lines on its files, in their order. */
export interface ApkStanza {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

/** What the letters of `/lib/apk/db/installed` say of files. */
const FILE_LINES = /^[FMRaZ]:/;

/** The packages of apk's database; undefined where it is not as apk writes it. */
export function apkStanzas(bytes: Uint8Array): readonly ApkStanza[] | undefined {
  const stanzas: { fields: Map<string, string>; files: string[] }[] = [];
  let isBetween = true;
  for (const line of linesOf(bytes)) {
    if (line === "") {
      isBetween = true;
      continue;
    }
    if (line[1] !== ":") return undefined;
    if (isBetween) stanzas.push({ fields: new Map(), files: [] });
    isBetween = false;
    const stanza = stanzas.at(-1);
    if (FILE_LINES.test(line)) stanza?.files.push(line);
    else stanza?.fields.set(line.slice(0, 1), line.slice(2));
  }
  return stanzas.every(({ fields }) => fields.get("P") && fields.get("V")) ? stanzas : undefined;
}

/** @param world `/etc/apk/world`: what a person asked for, perhaps at a version only */
export function parseApk(stanzas: readonly ApkStanza[], world: Uint8Array): Table {
  const pinned = new Set(
    linesOf(world)
      .flatMap((line) => line.split(/\s+/))
      .flatMap((entry) => /^([^=<>~@!]+)[=<~]/.exec(entry)?.[1] ?? []),
  );
  const entries = new Map<string, Entry>();
  for (const { fields } of stanzas) {
    const [name, version] = [fields.get("P") ?? "", fields.get("V") ?? ""];
    const actual = { version: valueText(version), ...(pinned.has(name) ? { held: true } : {}) };
    entries.set(idText(name), { status: "present", actual });
  }
  return { status: "read", entries, gaps: [] };
}
