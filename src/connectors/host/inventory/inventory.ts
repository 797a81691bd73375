import type { Json, JsonObject } from "../../../model/json.ts";

/** An inventory of Ansible as it is written, whatever its format: nothing is inherited or judged yet. */
export interface Inventory {
  /** How a person knows it: the file, or the command. */
  readonly source: string;
  /** By name, in the order in which they are first named. `all` need not be among them. */
  readonly groups: ReadonlyMap<string, InventoryGroup>;
  /** Every host with its own variables and where it is first named. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
}

export interface InventoryGroup {
  readonly hosts: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  readonly vars: Variables;
}

export interface InventoryHost {
  readonly vars: Variables;
  readonly line?: number;
}

/** Variables by name, each with the line it stands on where that is known. */
export type Variables = ReadonlyMap<string, Variable>;

export interface Variable {
  readonly value: Json;
  readonly line?: number;
}

/** One mistake in an inventory. */
export interface InventoryMistake {
  readonly message: string;
  readonly line?: number;
  readonly hint?: string;
}

export interface ParsedInventory {
  readonly inventory: Inventory;
  readonly mistakes: readonly InventoryMistake[];
}

/** Collects what a parser finds, in whatever order it finds it. */
export class InventoryBuilder {
  readonly #source: string;
  readonly #groups = new Map<string, { hosts: Set<string>; children: Set<string>; vars: Map<string, Variable> }>();
  readonly #hosts = new Map<string, { vars: Map<string, Variable>; line?: number }>();
  readonly #mistakes: InventoryMistake[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  refuse(mistake: InventoryMistake): void {
    this.#mistakes.push(mistake);
  }

  group(name: string) {
    const group = this.#groups.get(name) ?? { hosts: new Set(), children: new Set(), vars: new Map() };
    this.#groups.set(name, group);
    return group;
  }

  /** The same host may be named in many groups. */
  host(name: string, line?: number) {
    const host = this.#hosts.get(name) ?? { vars: new Map(), ...(line === undefined ? {} : { line }) };
    this.#hosts.set(name, host);
    return host;
  }

  addVars(to: Map<string, Variable>, vars: JsonObject, line?: (name: string) => number): void {
    for (const [name, value] of Object.entries(vars))
      to.set(name, { value, ...(line === undefined ? {} : { line: line(name) }) });
  }

  finish(): ParsedInventory {
    return {
      inventory: { source: this.#source, groups: this.#groups, hosts: this.#hosts },
      mistakes: this.#mistakes,
    };
  }
}
