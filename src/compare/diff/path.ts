import { formatStep, type Pointer } from "../../model/pointer.ts";

/** Where a comparison stands: a chain towards the root, made into text only for what is reported. */
export interface Path {
  readonly parent: Path | undefined;
  readonly step: string;
  /** Whether the step names an element of a list: such a path is no stable place in a baseline. */
  readonly inList: boolean;
}

export const ROOT: Path | undefined = undefined;

export function memberPath(parent: Path | undefined, step: string): Path {
  return { parent, step, inList: parent?.inList === true };
}

export function elementPath(parent: Path | undefined, step: string): Path {
  return { parent, step, inList: true };
}

export function pointerOf(path: Path | undefined): Pointer {
  let pointer = "";
  for (let at = path; at !== undefined; at = at.parent) pointer = formatStep(at.step) + pointer;
  return pointer;
}

/** The member steps from the root to the path, or to the list it lies in. */
export function stableSteps(path: Path | undefined): string[] {
  const steps: string[] = [];
  for (let at = path; at !== undefined; at = at.parent) if (!at.inList) steps.unshift(at.step);
  return steps;
}
