import type { KindFacts } from "../../../model/facts.ts";
import { groupFacts, userFacts } from "./account.facts.ts";
import { directoryFacts, fileFacts } from "./file.facts.ts";
import { sshdFacts } from "./sshd.facts.ts";
import { cronJobFacts, packageFacts, portFacts, serviceFacts, sysctlFacts } from "./system.facts.ts";

/** What is known of every kind of host resource, in the order in which people read it. */
export const hostKindFacts: readonly KindFacts[] = [
  fileFacts,
  directoryFacts,
  packageFacts,
  userFacts,
  groupFacts,
  sysctlFacts,
  serviceFacts,
  portFacts,
  cronJobFacts,
  sshdFacts,
];
