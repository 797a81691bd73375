/** Where an SSH server is, as `ssh://user@host:port` says it. */
export interface HostAddress {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

const SCHEME = "ssh://";
const ADDRESS = /^(?:(?<user>[^@]*)@)?(?<host>\[[^\]]*\]|[^:@/]*)(?::(?<port>\d+))?\/?$/;
const HOST_NAME = /^(?:[A-Za-z0-9_]|[A-Za-z0-9_][A-Za-z0-9._-]*)$/;
const IP_V6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?$/;
/** What a client takes for an option begins with a dash. */
const USER_NAME = /^[A-Za-z0-9_.\\+][A-Za-z0-9_.\\+$-]*$/;
const MOST_PORT = 65_535;

/** @returns what is wrong with it, where it is no address */
export function parseHostAddress(text: string): HostAddress | string {
  if (!text.startsWith(SCHEME)) return "it must be `local` or ssh://[USER@]HOST[:PORT]";
  const parts = ADDRESS.exec(text.slice(SCHEME.length))?.groups;
  if (parts === undefined) return "it must be ssh://[USER@]HOST[:PORT]";
  const { user, host = "", port } = parts;
  const name = host.startsWith("[") ? host.slice(1, -1) : host;
  if (!isHostName(name)) return `"${host}" is no name or address of a host`;
  if (user?.includes(":") === true) return "a password has no place in it: Leeway logs in with keys or an agent";
  if (user !== undefined && !isUserName(user)) return "its user is no name of a user";
  if (port !== undefined && parsePort(port) === undefined) return `there is no port ${port}`;
  return {
    host: name,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** Whether a client can be given this as a host: a name, an address, or an alias of its own configuration. */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text) || IP_V6.test(text);
}

export function isUserName(text: string): boolean {
  return USER_NAME.test(text);
}

export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= MOST_PORT ? port : undefined;
}

/** Whether a text is a list of hosts to go through, as `ssh -J` takes it, and no option or command. */
export function isJump(text: string): boolean {
  return text.split(",").every((hop) => /^(?:ssh:\/\/)?[A-Za-z0-9_[][^\s,'"`$;|&<>()]*$/.test(hop));
}

/** The place of a host that has no name of its own: the host, with the port unless that is SSH's own. */
export function placeOf({ host, port }: HostAddress): string {
  if (port === undefined || port === 22) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
