import type { Confirmation, ConfirmRequest } from "../../../../connector.ts";
import type { ResourceRef } from "../../../../model/resource.ts";
import type { ContentPlan, Nameless, SurveyedFile, Transport } from "../../transport.ts";
import { readNaming } from "./naming.ts";
import { Owners } from "./owners.ts";
import { walkScope } from "./scope-walk.ts";
import { listings, type TreeRequests } from "./tree.ts";

/** What is other than it is known is observed one by one: from so many on, or so large a part of all, a walk that observes is faster. */
const MOST_OTHERS = 1000;
const MOST_OTHERS_PART = 0.1;

/** Which content of files is to be read: none. */
const noContents = async (files: readonly SurveyedFile[]): Promise<readonly ContentPlan[]> =>
  files.map(() => ({ read: [] }));

export interface TreeConfirming extends Pick<ConfirmRequest, "known"> {
  readonly transport: Transport;
  readonly readsContent: boolean;
  readonly signal: AbortSignal;
}

/** Walks the scope of the files and directories of one place and sees what is as it is known; see `Session.confirm`. */
export async function confirmTree(
  requests: TreeRequests,
  { transport, known, readsContent, signal }: TreeConfirming,
): Promise<Confirmation | undefined> {
  const [first] = Object.values(requests);
  if (first === undefined || transport.survey === undefined) return undefined;
  const owners = new Owners(transport, signal);
  const naming = await readNaming(transport, owners);
  if (naming === undefined) return undefined;
  const keyOf = (kind: string) => `${kind}\0${first.at}\0`;
  const keys = { directory: keyOf("host/directory"), other: keyOf("host/file") };
  const nameless = new NamelessOwners();
  const walk = walkScope(requests, {
    transport,
    plan: noContents,
    confirming: { confirm: { known: known.buffer, keys, naming, readsContent }, onNameless: nameless.add },
  });
  const most = Math.max(MOST_OTHERS, known.size * MOST_OTHERS_PART);
  const others: ResourceRef[] = [];
  for await (const found of walk.found) {
    for (const { kind, at, id } of found) others.push({ kind, at, id });
    if (others.length > most) return undefined;
  }
  // Somebody may have been given a name meanwhile that stands in no file.
  if (!(await owners.areNameless(nameless.all()))) return undefined;
  return { listings: listings(requests, walk, first), others, isProven: readsContent };
}

class NamelessOwners {
  readonly #users = new Set<number>();
  readonly #groups = new Set<number>();

  readonly add = ({ users, groups }: Nameless): void => {
    for (const id of users) this.#users.add(id);
    for (const id of groups) this.#groups.add(id);
  };

  all(): Nameless {
    return { users: [...this.#users], groups: [...this.#groups] };
  }
}
