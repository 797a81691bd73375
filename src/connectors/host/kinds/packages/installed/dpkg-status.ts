import { type ByteText, idText, linesOf, valueText } from "../../bytes.ts";

/** One package as the status file of dpkg tells of it. */
export interface DpkgPackage {
  /** As an id of `host/package` names it. */
  readonly name: string;
  readonly version: string;
  /** `NAME VERSION` */
  readonly by: string;
  /** The names that dpkg's own files have for it. */
  readonly infoNames: readonly ByteText[];
  readonly source: ByteText;
  /** Names of the packages that it needs. */
  readonly needs: ReadonlySet<ByteText>;
  /** MD5 by path; those that it no longer ships as well. */
  readonly conffiles: ReadonlyMap<ByteText, string>;
  /** `unfinished`: what is on disk may be of any version. `configuration`: only configuration files are left. */
  readonly state: "installed" | "configuration" | "unfinished";
}

/**
 * The packages of `/var/lib/dpkg/status` that left anything on disk, sorted by name. Undefined where the file is not as dpkg writes it.
 */
export function parseDpkgStatus(bytes: Uint8Array): readonly DpkgPackage[] | undefined {
  const stanzas = stanzasOf(linesOf(bytes));
  if (stanzas === undefined) return undefined;
  const native = stanzas.find((fields) => fields.get("Package") === "dpkg")?.get("Architecture") ?? "";
  const packages: DpkgPackage[] = [];
  for (const fields of stanzas) {
    const state = stateOf(fields.get("Status"));
    if (state === "absent") continue;
    const parsed = state === undefined ? undefined : packageOf(fields, { state, native });
    if (parsed === undefined) return undefined;
    packages.push(parsed);
  }
  return packages.sort((one, other) => (one.name < other.name ? -1 : 1));
}

type Fields = ReadonlyMap<string, ByteText>;

function stanzasOf(lines: readonly ByteText[]): readonly Fields[] | undefined {
  const stanzas: ByteText[][] = [[]];
  for (const line of lines) {
    if (line === "") stanzas.push([]);
    else stanzas.at(-1)?.push(line);
  }
  const fields = stanzas.filter((stanza) => stanza.length > 0).map(fieldsOf);
  return fields.every((one) => one !== undefined) ? fields : undefined;
}

/** `Name: value`, and further lines of it, which begin with white space and stay as they are. */
function fieldsOf(stanza: readonly ByteText[]): Fields | undefined {
  const fields = new Map<string, ByteText>();
  let name: string | undefined;
  for (const line of stanza) {
    const isMore = /^[ \t]/.test(line);
    const colon = line.indexOf(":");
    if (isMore ? name === undefined : colon <= 0) return undefined;
    if (isMore && name !== undefined) {
      fields.set(name, `${fields.get(name) ?? ""}\n${line}`);
    } else {
      name = line.slice(0, colon);
      fields.set(name, line.slice(colon + 1).trim());
    }
  }
  return fields;
}

const STATES: ReadonlyMap<string, DpkgPackage["state"] | "absent"> = new Map([
  ["not-installed", "absent"],
  ["config-files", "configuration"],
  ["half-installed", "unfinished"],
  ["unpacked", "installed"],
  ["half-configured", "installed"],
  ["triggers-awaited", "installed"],
  ["triggers-pending", "installed"],
  ["installed", "installed"],
]);

/** @param status desired action, flag and state; with a flag other than `ok` the package must be installed again */
function stateOf(status: ByteText | undefined): DpkgPackage["state"] | "absent" | undefined {
  const [, flag, state = ""] = status?.split(" ") ?? [];
  const known = STATES.get(state);
  return known !== undefined && known !== "absent" && flag !== "ok" ? "unfinished" : known;
}

function packageOf(
  fields: Fields,
  { state, native }: { readonly state: DpkgPackage["state"]; readonly native: ByteText },
): DpkgPackage | undefined {
  const [plain, version, architecture = ""] = [
    fields.get("Package"),
    fields.get("Version"),
    fields.get("Architecture"),
  ];
  const conffiles = conffilesOf(fields.get("Conffiles") ?? "");
  if (!plain || !version || conffiles === undefined) return undefined;
  const isNative = architecture === native || architecture === "all" || architecture === "";
  const name = idText(isNative ? plain : `${plain}:${architecture}`);
  const shown = valueText(version);
  return {
    name,
    version: shown,
    by: `${name} ${shown}`,
    infoNames: fields.get("Multi-Arch") === "same" ? [`${plain}:${architecture}`] : [plain],
    source: fields.get("Source")?.split(" ")[0] ?? plain,
    needs: neededBy(fields),
    conffiles,
    state,
  };
}

function neededBy(fields: Fields): ReadonlySet<ByteText> {
  const relations = ["Pre-Depends", "Depends", "Recommends"].map((name) => fields.get(name) ?? "").join(",");
  const names = relations.split(/[,|\n]/).map((relation) => /^\s*([^\s:(]+)/.exec(relation)?.[1] ?? "");
  return new Set(names.filter((name) => name !== ""));
}

/** ` PATH MD5`, and words such as `obsolete`. Undefined where a line is not so. */
function conffilesOf(text: ByteText): ReadonlyMap<ByteText, string> | undefined {
  const conffiles = new Map<ByteText, string>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, path, digest] = /^ (\/.*?) (\S+)(?: obsolete| remove-on-upgrade)*$/.exec(line) ?? [];
    if (path === undefined || digest === undefined) return undefined;
    // `newconffile` stands there until the package is configured.
    if (/^[0-9a-f]{32}$/.test(digest)) conffiles.set(path, digest);
  }
  return conffiles;
}
