import { nearest } from "../../../model/nearest.ts";
import type { Inventory, InventoryMistake, Variable, Variables } from "./inventory.ts";

/** A host with all variables that hold for it. */
export interface SelectedHost {
  readonly name: string;
  readonly vars: Variables;
  readonly line?: number;
}

export interface Selection {
  readonly hosts: readonly SelectedHost[];
  readonly mistakes: readonly InventoryMistake[];
}

const ALL = "all";

/**
 * The hosts of some groups, or all, each with its variables as Ansible merges them: those of `all`, of groups from the outermost
 * to the innermost, at equal depth by `ansible_group_priority` and then by name, and its own last.
 */
export function selectHosts(inventory: Inventory, groups?: readonly string[]): Selection {
  const tree = new GroupTree(inventory);
  const mistakes = [...tree.mistakes, ...unknownGroups(inventory, groups ?? [])];
  if (mistakes.length > 0) return { hosts: [], mistakes };
  const wanted = groups === undefined || groups.includes(ALL) ? undefined : tree.hostsIn(groups);
  const names = [...inventory.hosts.keys()].filter((name) => wanted?.has(name) ?? true);
  if (names.length === 0) return { hosts: [], mistakes: [{ message: "it names no host" }] };
  const hosts = names.map((name): SelectedHost => {
    const { vars: own = new Map<string, Variable>(), line } = inventory.hosts.get(name) ?? {};
    const vars = new Map([...tree.groupsOf(name).flatMap((group) => [...tree.varsOf(group)]), ...own]);
    return { name, vars, ...(line === undefined ? {} : { line }) };
  });
  return { hosts, mistakes: [] };
}

function unknownGroups({ groups }: Inventory, wanted: readonly string[]): readonly InventoryMistake[] {
  return wanted
    .filter((name) => name !== ALL && !groups.has(name))
    .map((name) => {
      const meant = nearest(name, groups.keys());
      const hint =
        meant === undefined ? `Its groups are: ${[...groups.keys()].join(", ")}` : `Did you mean "${meant}"?`;
      return { message: `it has no group "${name}"`, hint };
    });
}

class GroupTree {
  readonly mistakes: InventoryMistake[] = [];
  readonly #inventory: Inventory;
  readonly #depths = new Map<string, number>([[ALL, 0]]);
  readonly #parents = new Map<string, Set<string>>();
  /** Groups that name a host themselves. */
  readonly #byHost = new Map<string, string[]>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    for (const [name, { children, hosts }] of inventory.groups) {
      for (const child of children) this.#parents.set(child, (this.#parents.get(child) ?? new Set()).add(name));
      for (const host of hosts) this.#byHost.set(host, [...(this.#byHost.get(host) ?? []), name]);
    }
    for (const name of inventory.groups.keys()) this.#depthOf(name, []);
  }

  varsOf(group: string): Variables {
    return this.#inventory.groups.get(group)?.vars ?? new Map();
  }

  hostsIn(groups: readonly string[]): ReadonlySet<string> {
    const hosts = new Set<string>();
    const open = [...groups];
    const seen = new Set<string>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const group = this.#inventory.groups.get(name);
      for (const host of group?.hosts ?? []) hosts.add(host);
      open.push(...(group?.children ?? []));
    }
    return hosts;
  }

  /** Every group that a host is in, through others too, in the order in which their variables are laid over each other. */
  groupsOf(host: string): readonly string[] {
    const found = new Set([ALL]);
    const open = [...(this.#byHost.get(host) ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      open.push(...(this.#parents.get(name) ?? []));
    }
    return [...found].sort(
      (one, other) =>
        this.#depthOf(one, []) - this.#depthOf(other, []) ||
        this.#priorityOf(one) - this.#priorityOf(other) ||
        (one < other ? -1 : 1),
    );
  }

  #priorityOf(group: string): number {
    const value = Number(this.varsOf(group).get("ansible_group_priority")?.value ?? 1);
    return Number.isFinite(value) ? value : 1;
  }

  /** One more than that of the deepest group that holds it. */
  #depthOf(name: string, below: readonly string[]): number {
    const known = this.#depths.get(name);
    if (known !== undefined) return known;
    if (below.includes(name)) {
      this.mistakes.push({ message: `group "${name}" holds itself: ${[...below, name].join(" in ")}` });
      return 1;
    }
    const parents = [...(this.#parents.get(name) ?? [])].filter((parent) => parent !== ALL);
    const depth = 1 + Math.max(0, ...parents.map((parent) => this.#depthOf(parent, [...below, name])));
    this.#depths.set(name, depth);
    return depth;
  }
}
