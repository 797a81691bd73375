import { posix } from "node:path";
import type { ByteText } from "../../bytes.ts";
import type { Aliases } from "./aliases.ts";
import type { Alternative } from "./alternatives.ts";
import { type PackageDatabase, packageName } from "./database.ts";
import type { DpkgFiles } from "./dpkg-files.ts";
import type { DpkgPackage } from "./dpkg-status.ts";

export interface DpkgParts {
  readonly packages: readonly DpkgPackage[];
  readonly files: DpkgFiles;
  readonly alternatives: readonly Alternative[];
  /** Links that scripts of packages made to have units started. */
  readonly enabledLinks: ReadonlySet<ByteText>;
  readonly aliases: Aliases;
}

const ALTERNATIVES = "/etc/alternatives/";
/** `/etc/rc2.d/S01name`, which `update-rc.d` makes. */
const RUN_LEVEL_LINK = /^\/etc\/rc[0-6S]\.d\/[SK]\d\d(.+)$/;

export function openDpkgDatabase(parts: DpkgParts): PackageDatabase {
  const { packages, files, aliases } = parts;
  const { paths, malformed } = files;
  const canonical = (path: ByteText) => aliases.canonical(path);
  const byName = new Map(packages.map((one) => [one.name, one]));
  const ownerOf = (path: ByteText) => {
    const owner = paths.ownerOf(canonical(path));
    const one = owner === undefined ? undefined : packages[owner];
    return one === undefined || owner === undefined || one.state === "unfinished" || malformed.has(owner)
      ? undefined
      : one;
  };
  const links = new ManagedLinks(parts, ownerOf);
  return {
    fileAt: (path) => {
      const owner = ownerOf(path);
      const digest = owner === undefined ? undefined : paths.digestOf(canonical(path));
      return owner === undefined || digest === undefined ? undefined : { by: owner.by, algorithm: "md5", digest };
    },
    linkBy: (path, target) => links.linkBy(canonical(path), target),
    directoryBy: (path) => ownerOf(path)?.by,
    unreadAt: (path) => {
      const owner = paths.ownerOf(canonical(path));
      return owner === undefined ? undefined : malformed.get(owner);
    },
    whyGone: (path, installedBy) => {
      if (paths.ownerOf(canonical(path)) !== undefined || links.isManaged(canonical(path))) return undefined;
      const name = packageName(installedBy);
      const one = byName.get(name);
      if (one === undefined || one.state === "configuration") return `${name} is not installed`;
      return one.by === installedBy || one.state === "unfinished" ? undefined : one.by;
    },
    more: () => files.more(),
  };
}

/** Links that no package holds, but that the system makes for what packages hold; and those whose target no database knows. */
class ManagedLinks {
  readonly #parts: DpkgParts;
  readonly #ownerOf: (path: ByteText) => DpkgPackage | undefined;
  readonly #byName: ReadonlyMap<ByteText, Alternative>;
  readonly #byLink: ReadonlyMap<ByteText, Alternative>;

  constructor(parts: DpkgParts, ownerOf: (path: ByteText) => DpkgPackage | undefined) {
    this.#parts = parts;
    this.#ownerOf = ownerOf;
    this.#byName = new Map(parts.alternatives.map((one) => [ALTERNATIVES + one.name, one]));
    this.#byLink = new Map(parts.alternatives.map((one) => [parts.aliases.canonical(one.link), one]));
  }

  /** Whether the system keeps a link at the path, wherever it points. */
  isManaged(path: ByteText): boolean {
    const script = RUN_LEVEL_LINK.exec(path)?.[1];
    return (
      this.#byName.has(path) ||
      this.#byLink.has(path) ||
      this.#parts.enabledLinks.has(path) ||
      (script !== undefined && this.#ownerOf(`/etc/init.d/${script}`) !== undefined)
    );
  }

  /** @param path canonical */
  linkBy(path: ByteText, target: ByteText): string | undefined {
    const to = posix.resolve(posix.dirname(path), target);
    const owner = this.#alternativeBy(path, to) ?? this.#enabledBy(path, to) ?? this.#shippedBy(path, to);
    return owner?.by;
  }

  #alternativeBy(path: ByteText, to: ByteText): DpkgPackage | undefined {
    const named = this.#byName.get(path);
    // Where a person chose, no package explains what was chosen, but it is known to be a choice.
    if (named?.choices.has(to) === true && (named.automatic ?? to) === to) return this.#ownerOf(to);
    const linked = this.#byLink.get(path);
    if (linked === undefined || to !== ALTERNATIVES + linked.name) return undefined;
    const [first] = linked.choices;
    const chosen = linked.automatic ?? first;
    return chosen === undefined ? undefined : this.#ownerOf(chosen);
  }

  #enabledBy(path: ByteText, to: ByteText): DpkgPackage | undefined {
    const script = RUN_LEVEL_LINK.exec(path)?.[1];
    const isMade = this.#parts.enabledLinks.has(path) || (script !== undefined && to === `/etc/init.d/${script}`);
    return isMade ? this.#ownerOf(to) : undefined;
  }

  /** dpkg knows where a link is, not where it points: to what it belongs with it may have pointed from the start. */
  #shippedBy(path: ByteText, to: ByteText): DpkgPackage | undefined {
    const { aliases, files } = this.#parts;
    const owner = this.#ownerOf(path);
    if (owner === undefined || files.paths.digestOf(path) !== undefined) return undefined;
    if (aliases.has(path)) return owner;
    const target = this.#ownerOf(to);
    return target !== undefined && belongTogether(owner, target) ? owner : undefined;
  }
}

function belongTogether(owner: DpkgPackage, target: DpkgPackage): boolean {
  return (
    owner.source === target.source ||
    [...owner.needs].some((name) => target.infoNames.some((other) => other === name || other.startsWith(`${name}:`)))
  );
}
