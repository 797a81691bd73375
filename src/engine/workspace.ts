import { dirname, join } from "node:path";
import type { Target } from "../config/config.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import type { Connector } from "../connector.ts";
import { KnownError } from "../errors.ts";
import { compileGlob } from "../model/glob.ts";
import { nearest } from "../model/nearest.ts";
import { parseScopeEntry } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";

/** What every command works on: a configuration, the connectors, where the store is, and the time. */
export interface Workspace {
  readonly loaded: LoadedConfig;
  readonly connectors: ReadonlyMap<string, Connector>;
  /** The environment that secrets and git take their values from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly storeFile: string;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** Where the fetched repositories of desired sources are kept: beside the store. */
export function cacheDir(workspace: Workspace): string {
  return join(dirname(workspace.storeFile), "git");
}

export function baseDir(workspace: Workspace): string {
  return dirname(workspace.loaded.file);
}

export interface NamedTarget {
  readonly name: string;
  readonly target: Target;
  readonly connector: Connector;
}

/**
 * The targets of the given names, all when none is given, in the order of the configuration.
 * @throws KnownError `USAGE` naming those that do exist
 */
export function selectTargets(workspace: Workspace, names: readonly string[]): readonly NamedTarget[] {
  const { targets } = workspace.loaded.config;
  for (const name of names) {
    if (!Object.hasOwn(targets, name)) {
      throw new KnownError(
        "USAGE",
        `Cannot find target "${name}": ${workspace.loaded.file} has no target of that name`,
        {
          hint: `use one of: ${Object.keys(targets).join(", ")}`,
        },
      );
    }
  }
  return Object.entries(targets)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, target]) => ({ name, target, connector: connectorOf(workspace, target.connector) }));
}

function connectorOf(workspace: Workspace, name: string): Connector {
  const connector = workspace.connectors.get(name);
  // Loading the configuration refuses a connector that is not there.
  if (connector === undefined) throw new Error(`no connector "${name}"`);
  return connector;
}

/**
 * Refuses a part of a scan or capture that means no kind of any of the targets: nothing would be looked at, and nothing found.
 * @param only entries `KIND[:ID]`
 * @throws KnownError `USAGE`
 */
export function checkPart(of: "scan" | "capture", only: readonly string[], targets: readonly NamedTarget[]): void {
  const kinds = [...new Set(targets.flatMap(({ connector }) => [...(connector.kinds?.keys() ?? [])]))];
  for (const entry of only) {
    const { kind } = parseScopeEntry(entry);
    if (kinds.some(compileGlob(kind))) continue;
    const meant = nearest(kind, kinds);
    throw new KnownError("USAGE", `Cannot limit the ${of} to "${entry}": there is no kind "${kind}"`, {
      hint: meant === undefined ? "`leeway kinds` lists the kinds" : `did you mean "${meant}"?`,
    });
  }
}
