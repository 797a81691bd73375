import { KnownError } from "../../errors.ts";
import { nearest } from "../../model/nearest.ts";

export interface MissingPath {
  /** From the root of the repository. */
  readonly path: string;
  /** Missing when the working tree was read. */
  readonly commit?: string;
  /** Whether it stands in the working tree, only not in the commit. */
  readonly untracked: boolean;
  /** Every file and folder there is. */
  readonly paths: readonly string[];
}

/** Says that nothing stands at the desired source's path, and what to do. */
export function missingPath({ path, commit, untracked, paths }: MissingPath): KnownError {
  const place = commit === undefined ? "it does not exist" : `it is not in commit ${commit.slice(0, 12)}`;
  return new KnownError("DESIRED_UNREADABLE", `Cannot read the desired state at "${path}": ${place}`, {
    hint: hintFor(path, untracked, paths),
  });
}

function hintFor(path: string, untracked: boolean, paths: readonly string[]): string {
  if (untracked) return "It is in the working tree only: commit it, or use --working-tree";
  const near = nearest(path, paths);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return "Check path: in the target's desired source, or write the desired state with: leeway capture";
}
