import type { HostKind } from "../../kind.ts";
import { keyText, SSH_IDENTITY } from "../../ssh/known-keys.ts";
import type { SshTransport } from "../../ssh/ssh-host.ts";
import type { Transport } from "../../transport.ts";
import { unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { sshIdentityFacts } from "./ssh-identity.facts.ts";

/** The key of a host over SSH: also of one that is not read because its key is not the one that is known. */
export const sshIdentityKind: HostKind = {
  facts: sshIdentityFacts,
  ofConnection: true,
  permissions: [
    {
      kinds: [sshIdentityFacts.kind],
      access: "the key that a host over SSH shows when it is connected to",
      needs: "anyone",
      without: "whether a host is still the one that known_hosts knows",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(sshIdentityFacts.kind, request, await readIdentity(transport));
  },
};

async function readIdentity(transport: Transport): Promise<Table | Unread> {
  if (!showsKey(transport)) return { status: "read", entries: new Map(), gaps: [] };
  const key = await transport.hostKey();
  if (!key.ok) return unreadOf(key);
  const entry: Entry = { status: "present", actual: { host_key: keyText(key.value) } };
  return { status: "read", entries: new Map([[SSH_IDENTITY.id, entry]]), gaps: [] };
}

/** This machine is not connected to, and shows none. */
function showsKey(transport: Transport): transport is Transport & Pick<SshTransport, "hostKey"> {
  return "hostKey" in transport;
}
