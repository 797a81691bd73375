import { z } from "zod";
import { parseDuration } from "../../model/time.ts";
import { isJump, parseHostAddress, placeOf } from "./fleet/host-address.ts";

/** The place that is the machine Leeway runs on. */
export const LOCAL = "local";

const Text = z.string().min(1);
const MOST_PARALLEL = 1000;

const Duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, "must be a duration such as 30s, 5m or 250ms");

const Rehash = z.string().refine((text) => parseDuration(text) !== undefined, "must be a duration such as 24h, or 0s");

const HostText = z.string().superRefine((host, context) => {
  if (host === LOCAL) return;
  const address = parseHostAddress(host);
  if (typeof address === "string")
    context.addIssue({ code: "custom", message: `"${withoutPassword(host)}" is no host: ${address}` });
});

const Jump = Text.refine(
  isJump,
  "must be hosts as `ssh -J` takes them: ssh://[USER@]HOST[:PORT] or [USER@]HOST[:PORT]",
);

const sshShape = {
  sudo: z.boolean().describe("Whether every read goes through `sudo -n`."),
  identityFile: Text.describe("The private key to log in with. Keys of the agent and of the SSH client when left out."),
  knownHostsFile: Text.describe("Which file says what key a host must have. The SSH client's own when left out."),
  jump: Jump.describe("Hosts to go through, as `ssh -J` takes them."),
  configFile: Text.describe("The configuration of the SSH client. The user's own when left out."),
  connectTimeout: Duration.describe("How long connecting may take. 10s when left out."),
  readTimeout: Duration.describe("How long a read may take. 30s when left out."),
} as const;

const SshOptions = z.strictObject({
  sudo: sshShape.sudo.exactOptional(),
  identityFile: sshShape.identityFile.exactOptional(),
  knownHostsFile: sshShape.knownHostsFile.exactOptional(),
  jump: sshShape.jump.exactOptional(),
  configFile: sshShape.configFile.exactOptional(),
  connectTimeout: sshShape.connectTimeout.exactOptional(),
  readTimeout: sshShape.readTimeout.exactOptional(),
});
export type SshOptions = z.infer<typeof SshOptions>;

const HostEntry = SshOptions.extend({
  host: HostText.describe("`local`, or ssh://[USER@]HOST[:PORT]."),
  name: Text.exactOptional().describe("The name of the place; the host when left out."),
});
export type HostEntry = z.infer<typeof HostEntry>;

const InventoryMap = z
  .strictObject({
    file: Text.exactOptional().describe("An inventory of Ansible, in its YAML or INI format."),
    format: z
      .enum(["yaml", "ini"])
      .exactOptional()
      .describe("The format of the file. YAML for .yaml, .yml and .json when left out, else INI."),
    command: z
      .array(Text)
      .min(1)
      .exactOptional()
      .describe(
        "A program with its arguments that prints Ansible's dynamic inventory as JSON: ansible-inventory --list.",
      ),
    timeout: Duration.exactOptional().describe("How long the program may take. 60s when left out."),
    groups: z.array(Text).min(1).exactOptional().describe("Only the hosts of these groups. All when left out."),
  })
  .refine(({ file, command }) => (file === undefined) !== (command === undefined), "needs either file or command");
export type InventoryMap = z.infer<typeof InventoryMap>;

const Inventory = z.union([Text, InventoryMap]);

export const HostSettings = z
  .strictObject({
    hosts: z
      .array(z.union([HostText, HostEntry]))
      .min(1)
      .exactOptional()
      .describe(
        "The hosts to observe: `local`, ssh://[USER@]HOST[:PORT], or a map with host. `local` without hosts and inventory.",
      ),
    inventory: Inventory.exactOptional().describe(
      "An inventory of Ansible whose hosts are observed as well: a file, or a command.",
    ),
    ssh: SshOptions.exactOptional().describe("What holds for every host over SSH that does not say otherwise."),
    parallel: z
      .int()
      .min(1)
      .max(MOST_PARALLEL)
      .exactOptional()
      .describe("How many hosts are read at the same time. 10 when left out."),
    readTimeout: Duration.exactOptional().describe(
      "How long a file system of this machine may take to answer. 30s when left out.",
    ),
    oneFileSystem: z
      .boolean()
      .exactOptional()
      .describe("Whether looking through a folder leaves out what is mounted below it. No when left out."),
    rehash: Rehash.exactOptional().describe(
      "After how long the contents of this machine's files are read again where size, inode and times of change are as they were; 0s: at every scan. 24h when left out.",
    ),
  })
  .superRefine(({ hosts = [] }, context) => {
    const seen = new Set<string>();
    for (const [index, host] of hosts.entries()) {
      const place = entryPlace(host);
      if (place === undefined) continue;
      if (seen.has(place))
        context.addIssue({
          code: "custom",
          path: ["hosts", index],
          message: `Two hosts have the place "${place}": give one of them another name`,
        });
      seen.add(place);
    }
  });
export type HostSettings = z.infer<typeof HostSettings>;

/** The place of a host of the settings; undefined when it is no host. */
export function entryPlace(entry: string | HostEntry): string | undefined {
  if (typeof entry !== "string" && entry.name !== undefined) return entry.name;
  const host = typeof entry === "string" ? entry : entry.host;
  if (host === LOCAL) return LOCAL;
  const address = parseHostAddress(host);
  return typeof address === "string" ? undefined : placeOf(address);
}

function withoutPassword(host: string): string {
  return host.replace(/:[^:@/]*@/, ":…@");
}
