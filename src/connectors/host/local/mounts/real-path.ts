import { decodeId, encodeId } from "../../ids.ts";
import type { HostPath, Transport } from "../../transport.ts";
import { type FarMount, mountOf } from "./mount-table.ts";

/** Where a path really is: its far file system, or the path without links where it is on none. */
export type Place = { readonly far: FarMount } | { readonly real: string };

const MOST_LINKS = 40;

/** Follows links step by step, and looks at nothing that stands on a far file system. Folders are remembered. */
export class RealPaths {
  readonly #mounts: readonly FarMount[];
  readonly #stat: Transport["stat"];
  readonly #folders = new Map<string, Promise<Place>>();

  constructor(mounts: readonly FarMount[], stat: Transport["stat"]) {
    this.#mounts = mounts;
    this.#stat = stat;
  }

  /** Of the path itself, links above it followed. */
  async of(path: HostPath): Promise<Place> {
    const id = encodeId(path);
    const near = mountOf(id, this.#mounts);
    if (near !== undefined) return { far: near };
    const slash = id.lastIndexOf("/");
    const folder = await this.#folder(id.slice(0, slash) || "/");
    return "far" in folder ? folder : this.#at(join(folder.real, id.slice(slash + 1)));
  }

  /** The same with the path's own links followed. */
  async followed(path: HostPath): Promise<Place> {
    return await this.#folder(encodeId(path));
  }

  #folder(id: string): Promise<Place> {
    const known = this.#folders.get(id) ?? this.#walk("/", stepsOf(id), MOST_LINKS);
    this.#folders.set(id, known);
    return known;
  }

  async #walk(from: string, steps: readonly string[], links: number): Promise<Place> {
    let real = from;
    for (const [index, step] of steps.entries()) {
      const next = step === ".." ? real.slice(0, real.lastIndexOf("/")) || "/" : join(real, step);
      const place = this.#at(next);
      if ("far" in place) return place;
      const target = step === ".." ? undefined : await this.#target(next);
      if (target !== undefined) return await this.#follow({ real, target, links }, steps.slice(index + 1));
      real = next;
    }
    return { real };
  }

  async #follow(
    { real, target, links }: { readonly real: string; readonly target: string; readonly links: number },
    rest: readonly string[],
  ): Promise<Place> {
    // What goes round in circles the system refuses by itself.
    if (links === 0) return { real };
    return await this.#walk(target.startsWith("/") ? "/" : real, [...stepsOf(target), ...rest], links - 1);
  }

  async #target(id: string): Promise<string | undefined> {
    const path = decodeId(id);
    const stat = path === undefined ? undefined : await this.#stat(path);
    return stat?.ok === true && stat.value.linkTarget !== undefined ? encodeId(stat.value.linkTarget) : undefined;
  }

  #at(real: string): Place {
    const far = mountOf(real, this.#mounts);
    return far === undefined ? { real } : { far };
  }
}

function stepsOf(path: string): readonly string[] {
  return path.split("/").filter((step) => step !== "" && step !== ".");
}

function join(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}
