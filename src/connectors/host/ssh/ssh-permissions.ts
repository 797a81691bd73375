import type { Permission } from "../../../connector.ts";
import type { HostSettings } from "../settings.ts";
import { SUDO_KILL, SUDO_READ, sudoRun } from "./sudo-scripts.ts";

/** The programs that carry reads of paths over SSH, whatever kind asks for them. */
const CARRIERS: readonly (readonly [access: string, without: string])[] = [
  ["find PATH… -maxdepth 0|1", "what paths are, what folders hold, and the content of files"],
  ["find PATH… -xdev -type d, find PATH… -maxdepth 1", "what stands in folders and below, many folders at a time"],
  ["stat -c FORMAT -- PATH…", "what paths are, where find prints no formats (busybox)"],
  ["readlink -n -- PATH", "where links point to"],
  ["sha256sum -- PATH…", "sha256 of files"],
  ["md5sum -- PATH…", "whether files are as dpkg installed them"],
  ["sha1sum -- PATH…", "whether files are as apk installed them"],
  ["head -c BYTES -- PATH, cat -- PATH…", "the content of files that the kinds read"],
];

/** Where the programs stand that do not stand in /usr/bin; one that stands elsewhere on some systems is named twice. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  sh: ["/bin"],
  cat: ["/bin"],
  systemctl: ["/bin"],
  ss: ["/usr/bin", "/usr/sbin"],
  ...Object.fromEntries(
    "nft iptables-save ip6tables-save iptables-legacy-save ip6tables-legacy-save getcap sysctl auditctl apparmor_status aa-status sestatus ip bridge lsmod modinfo"
      .split(" ")
      .map((program) => [program, ["/usr/sbin", "/sbin"]]),
  ),
};

/** Programs are found by their names, also those that a script starts: nobody may say where but root. */
const SECURE_PATH = "Defaults:USER secure_path=/usr/sbin\\:/usr/bin\\:/sbin\\:/bin";
const READS_ALL =
  "a line of sudoers, where a host has sudo: true; whoever has it can read every file of the host, and neither run nor change anything";
const A_LINE = "a line of sudoers, where a host has sudo: true";

/** What runs on hosts over SSH besides what the kinds say, and with `sudo: true` the lines that sudoers needs. Does no I/O. */
export function sshPermissions(settings: HostSettings, ofKinds: readonly Permission[]): readonly Permission[] {
  const entries = settings.hosts ?? [];
  const maps = entries.filter((entry) => typeof entry !== "string");
  const isRemote = (host: string) => host !== "local";
  const hasInventory = settings.inventory !== undefined;
  if (!hasInventory && !entries.some((entry) => isRemote(typeof entry === "string" ? entry : entry.host))) return [];
  const needs = "the user that logs in, or root through sudo -n";
  const carried = CARRIERS.map(([access, without]): Permission => ({ kinds: ["host/*"], access, needs, without }));
  // An inventory says itself who becomes root; that is known only once it is read.
  const becomesRoot = hasInventory || settings.ssh?.sudo === true || maps.some(({ sudo }) => sudo === true);
  return becomesRoot ? [...carried, ...sudoers(ofKinds)] : carried;
}

/** Complete: an account with these lines, put together in one file, sees what root sees. No line has a wildcard. */
function sudoers(ofKinds: readonly Permission[]): readonly Permission[] {
  const kinds = ["host/*"];
  return [
    {
      kinds,
      access: SECURE_PATH,
      needs:
        "a line of sudoers, where sudo itself has no secure_path: without one the account chooses the programs that run as root",
      without: "nothing",
    },
    { kinds, access: sudoersLine(SUDO_READ), needs: READS_ALL, without: "what only root may read" },
    {
      kinds,
      access: sudoersLine(SUDO_KILL),
      needs: "a line of sudoers, where a host has sudo: true; it ends nothing but what the account itself started",
      without: "the end of what did not answer in time",
    },
    ...ofCommands(ofKinds),
  ];
}

/** One line for each command, whichever kinds run it. */
function ofCommands(permissions: readonly Permission[]): readonly Permission[] {
  const lines = new Map<string, Permission>();
  for (const { kinds, argv, operands, without } of permissions) {
    if (argv === undefined) continue;
    const access = sudoersLine(operands === undefined ? argv : sudoRun(argv));
    const same = lines.get(access);
    lines.set(access, {
      kinds: [...new Set([...(same?.kinds ?? []), ...kinds])],
      access,
      needs: A_LINE,
      without: same?.without ?? without,
    });
  }
  return [...lines.values()];
}

function sudoersLine(argv: readonly string[]): string {
  return `USER ALL=(root) NOPASSWD: ${sudoersCommand(argv)}`;
}

/** A command as sudoers(5) writes it: with its folder, and with a backslash before what else has a meaning there. */
export function sudoersCommand([program = "", ...args]: readonly string[]): string {
  // Without any arguments in the line, all would be allowed.
  const text = args.length === 0 ? '""' : args.map(escaped).join(" ");
  return pathsOf(program)
    .map((path) => `${path} ${text}`)
    .join(", ");
}

function pathsOf(program: string): readonly string[] {
  if (program.startsWith("/")) return [program];
  return (FOLDERS[program] ?? ["/usr/bin"]).map((folder) => `${folder}/${program}`);
}

/** First as a pattern, then as sudoers quotes. */
function escaped(argument: string): string {
  return argument
    .replaceAll(/[\\*?[\]!]/g, (special) => (special === "\\" ? "\\\\\\\\" : `\\${special}`))
    .replaceAll(/[,:=#]/g, "\\$&");
}
