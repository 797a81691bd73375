import type { Rule } from "../../../model/rule.ts";
import { changed, unmanaged } from "./rule-parts.ts";

const KIND = "host/ssh-identity";
const KNOWN = { host_key: "ED25519 SHA256:7tmfw8tZFVwkFKAbGFl1wyiuN4ArVsoTi2M6lAMp0+Q" };
const OTHER = { host_key: "ED25519 SHA256:XL2fhsKAWXytEvjvodPcl0fu7QNK20TtOk24E3umJbE" };

/** The keys by which hosts over SSH show who they are. */
export const sshIdentityRules: readonly Rule[] = [
  {
    id: "host/ssh-host-key-changed",
    kinds: [KIND],
    paths: ["/host_key"],
    severity: "critical",
    type: "security",
    title: "The host shows another SSH key than the one that is known: someone may stand in between",
    examples: {
      fires: [changed(KIND, "server", { before: KNOWN, after: OTHER })],
      silent: [unmanaged(KIND, "server", KNOWN)],
    },
  },
];
