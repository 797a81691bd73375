import { isHostName, isJump, isUserName, parsePort } from "../fleet/host-address.ts";
import type { InventoryMistake, Variable } from "./inventory.ts";
import type { SelectedHost } from "./select-hosts.ts";
import { readSshArguments, type SshArgument } from "./ssh-arguments.ts";

/** How an inventory says that a host is reached. Paths are as they are written. */
export type Connection =
  | { readonly over: "local" }
  | {
      readonly over: "ssh";
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      readonly sudo?: boolean;
      readonly identityFile?: string;
      readonly knownHostsFile?: string;
      readonly configFile?: string;
      readonly jump?: string;
    };

export interface ReadConnection {
  readonly connection: Connection;
  readonly mistakes: readonly InventoryMistake[];
  /** Passwords that are not used, and arguments that are left out, by the name of the variable or argument. */
  readonly passwords: readonly string[];
  readonly ignored: readonly string[];
}

const PASSWORD =
  /^ansible_(?:(?:ssh_|become_|sudo_|su_)?pass(?:word)?|ssh_private_key(?:_passphrase)?|private_key_passphrase)$/;
const YES = new Set(["yes", "on", "1", "true", "t", "y"]);
const NO = new Set(["no", "off", "0", "false", "f", "n", ""]);
const OVER_SSH = new Set([
  "ssh",
  "smart",
  "paramiko",
  "paramiko_ssh",
  "ansible.builtin.ssh",
  "ansible.builtin.paramiko_ssh",
]);
const AS_CONFIG = "Say it in the configuration of the SSH client, and name that: ssh: { configFile: … }";
const LOCAL = new Set(["local", "ansible.builtin.local"]);

/** What the connection variables of a host mean. Values of variables are in no message: one could be a secret. */
export function readConnection(host: SelectedHost): ReadConnection {
  const reading = new Reading(host);
  const over = reading.text("ansible_connection") ?? "ssh";
  const passwords = [...host.vars].filter(([name]) => PASSWORD.test(name)).map(([name]) => name);
  const done = (connection: Connection): ReadConnection => ({
    connection,
    mistakes: reading.mistakes,
    passwords,
    ignored: reading.ignored,
  });
  if (LOCAL.has(over)) return done({ over: "local" });
  if (!OVER_SSH.has(over))
    reading.refuse("ansible_connection", "is none that Leeway has", "Leeway reads hosts over ssh, or local");
  return done(reading.ssh());
}

/** One host's variables as they are read, with what is wrong with them. */
class Reading {
  readonly mistakes: InventoryMistake[] = [];
  readonly ignored: string[] = [];
  readonly #host: SelectedHost;

  constructor(host: SelectedHost) {
    this.#host = host;
  }

  ssh(): Connection {
    const given = this.#arguments();
    const host = this.#checked(["ansible_host", "ansible_ssh_host"], isHostName, "is no name or address of a host");
    const user = this.#checked(["ansible_user", "ansible_ssh_user"], isUserName, "is no name of a user");
    const port = this.#checked(
      ["ansible_port", "ansible_ssh_port"],
      (text) => parsePort(text) !== undefined,
      "is no port",
    );
    const key = this.#first(["ansible_ssh_private_key_file", "ansible_private_key_file"])?.text;
    if (host === undefined && !isHostName(this.#host.name))
      this.mistakes.push({ ...this.#at(), message: `host "${this.#host.name}" is no name or address of a host` });
    const found = {
      user: user ?? given.get("user"),
      port: parsePort(port ?? given.get("port") ?? ""),
      identityFile: key ?? given.get("identityFile"),
      knownHostsFile: given.get("knownHostsFile"),
      configFile: given.get("configFile"),
      jump: given.get("jump"),
      sudo: this.#sudo(),
    };
    return { over: "ssh", host: host ?? this.#host.name, ...defined(found) };
  }

  /** The text of a variable; numbers and truth values as they are written. */
  text(name: string): string | undefined {
    const variable = this.#host.vars.get(name);
    if (variable === undefined || variable.value === null) return undefined;
    const { value } = variable;
    if (typeof value === "object") {
      this.refuse(name, "must be a text", undefined);
      return undefined;
    }
    const text = String(value);
    if (!text.includes("{{") && !text.includes("{%")) return text;
    this.refuse(name, "is a template", "Let Ansible fill it in: inventory: { command: [ansible-inventory, --list] }");
    return undefined;
  }

  refuse(name: string, what: string, hint: string | undefined): void {
    const message = `"${name}" of host "${this.#host.name}" ${what}`;
    this.mistakes.push({ ...this.#at(this.#host.vars.get(name)), message, ...(hint === undefined ? {} : { hint }) });
  }

  #at(variable?: Variable): Pick<InventoryMistake, "line"> {
    const line = variable?.line ?? this.#host.line;
    return line === undefined ? {} : { line };
  }

  #first(names: readonly string[]): { readonly name: string; readonly text: string } | undefined {
    for (const name of names) {
      const text = this.text(name);
      if (text !== undefined) return { name, text };
    }
    return undefined;
  }

  #checked(names: readonly string[], isRight: (text: string) => boolean, what: string): string | undefined {
    const found = this.#first(names);
    if (found === undefined || isRight(found.text)) return found?.text;
    this.refuse(found.name, what, undefined);
    return undefined;
  }

  #sudo(): boolean | undefined {
    const become = this.text("ansible_become")?.toLowerCase();
    if (become === undefined) return undefined;
    if (!YES.has(become) && !NO.has(become)) this.refuse("ansible_become", "must be true or false", undefined);
    if (!YES.has(become)) return false;
    const method = this.text("ansible_become_method") ?? "sudo";
    if (method !== "sudo" && method !== "ansible.builtin.sudo")
      this.refuse("ansible_become_method", "is none that Leeway has", "Leeway becomes root with sudo");
    if ((this.text("ansible_become_user") ?? "root") !== "root")
      this.refuse("ansible_become_user", "must be root", "Leeway reads as root, or as the user that logs in");
    return true;
  }

  #arguments(): ReadonlyMap<SshArgument, string> {
    const found = new Map<SshArgument, string>();
    for (const name of ["ansible_ssh_extra_args", "ansible_ssh_common_args", "ansible_ssh_args"]) {
      const line = this.text(name);
      if (line !== undefined) this.#addArguments(name, line, found);
    }
    return found;
  }

  #addArguments(name: string, line: string, found: Map<SshArgument, string>): void {
    const read = readSshArguments(line);
    if (read === undefined) {
      this.refuse(name, "leaves a quote open", undefined);
      return;
    }
    for (const argument of read.refused)
      this.refuse(name, `holds ${argument}, which Leeway does not pass on`, AS_CONFIG);
    this.ignored.push(...read.ignored);
    const jump = read.found.get("jump");
    if (jump !== undefined && !isJump(jump)) this.refuse(name, "names no host to go through", undefined);
    for (const [key, value] of read.found) if (!found.has(key)) found.set(key, value);
  }
}

type Defined<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Without the members that are undefined. */
function defined<T extends object>(object: T): Defined<T> {
  // Exactly those members are left out that the type makes optional.
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
