import type { PathFact } from "../../../../model/observation.ts";
import type { Read, Transport } from "../../transport.ts";
import { linesOf, valueText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";

/** Files whose variables services of sshd put on its command line: of Debian, Red Hat and SUSE, and Red Hat 8's cryptographic policy. */
const FILES = [
  "/etc/default/ssh",
  "/etc/sysconfig/sshd",
  "/etc/sysconfig/ssh",
  "/etc/crypto-policies/back-ends/opensshserver.config",
] as const;
const VARIABLE = /^\s*(?:SSHD_OPTS|OPTIONS|CRYPTO_POLICY)=(?:"([^"]*)"|'([^']*)'|(\S*))\s*(?:#.*)?$/;

/** How the options are read, for people. */
export const START_ACCESS = FILES.join(", ");

export interface StartOptions {
  /** Parted by single spaces; empty when there are none. */
  readonly options: string;
  readonly facts: readonly PathFact[];
}

/** The options that the server is started with. They override its configuration, and `sshd -T` knows nothing of them. */
export async function readStartOptions(transport: Transport): Promise<StartOptions> {
  const contents = await Promise.all(FILES.map((file) => transport.readFile(hostPath(file))));
  const options = contents.flatMap(optionsIn).join(" ");
  const failure = contents.find((content) => !content.ok && content.reason !== "absent");
  if (failure === undefined || failure.ok) return { options, facts: [] };
  const { reason, detail } = unreadOf(failure);
  return { options: "", facts: [{ path: "/started_with", fact: "unchecked", reason, detail }] };
}

/** As in a shell, the last value of a variable counts. */
function optionsIn(content: Read<Uint8Array>): readonly string[] {
  const values = (content.ok ? linesOf(content.value) : []).flatMap((line) => {
    const [all, double, single, plain] = VARIABLE.exec(line) ?? [];
    return all === undefined ? [] : [double ?? single ?? plain ?? ""];
  });
  return (values.at(-1) ?? "")
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(valueText);
}
