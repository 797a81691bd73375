import type { PathProblem, YamlDocument, YamlPath } from "../../../config/yaml-source.ts";
import type { Problem } from "../../../errors.ts";

/** A place in a goss file, and where the mistakes found there go. */
export interface Spot {
  readonly document: YamlDocument;
  readonly problems: Problem[];
  readonly path: YamlPath;
}

export function below(spot: Spot, ...steps: YamlPath): Spot {
  return { ...spot, path: [...spot.path, ...steps] };
}

/** Reports a mistake; returns undefined, so that a reader can end with it. */
export function refuse(
  { document, problems, path }: Spot,
  message: string,
  hint?: string,
  what: PathProblem["what"] = "value",
): undefined {
  problems.push(document.problemAt(path, { message, what, ...(hint === undefined ? {} : { hint }) }));
  return undefined;
}
