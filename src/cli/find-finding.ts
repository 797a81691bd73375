import { KnownError } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import { visible } from "../report/visible.ts";
import type { Store } from "../store/store.ts";

const MOST_LISTED = 5;

/**
 * The finding that an id, or a start of one, means.
 * @throws KnownError `NOT_FOUND` when there is none, `USAGE` when there are several
 */
export async function findFinding(store: Store, id: string): Promise<Finding> {
  const found = await store.findingsByPrefix(id);
  const [first] = found;
  if (first === undefined) {
    throw new KnownError("NOT_FOUND", `Cannot find finding "${id}": no finding has an id that starts so`, {
      hint: "`leeway findings` lists them",
    });
  }
  if (found.length > 1) {
    const listed = found.slice(0, MOST_LISTED).map((finding) => `${finding.id} (${visible(finding.resource)})`);
    const more = found.length > MOST_LISTED ? `, and ${found.length - MOST_LISTED} more` : "";
    throw new KnownError("USAGE", `Cannot tell which finding "${id}" means: ${listed.join(", ")}${more}`, {
      hint: "give more of its id",
    });
  }
  return first;
}
