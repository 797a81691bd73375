import type { KindFacts } from "../../../model/facts.ts";
import { hostKinds } from "./all-kinds.ts";

/** What is known of every kind of host resource, in the order in which people read it. */
export const hostKindFacts: readonly KindFacts[] = hostKinds.map(({ facts }) => facts);
