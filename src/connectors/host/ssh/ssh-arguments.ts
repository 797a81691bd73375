import { SHELL_COMMAND } from "./prelude.ts";
import type { SshHost } from "./ssh-host.ts";

/** Nothing is asked of anybody, nothing forwarded, and no file of the client's machine written. */
const QUIET = [
  "BatchMode=yes",
  "ClearAllForwardings=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "PermitLocalCommand=no",
  "RemoteCommand=none",
  "RequestTTY=no",
  "Tunnel=no",
  "UpdateHostKeys=no",
  "ControlPersist=no",
];

/** How long a host may be silent, in all, before the connection counts as lost: 3 times this. */
const ALIVE_INTERVAL_S = 10;

/** The connection itself, with a session that holds it open until its standard input ends. */
export function masterArguments(host: SshHost, socket: string): readonly string[] {
  const settings = [
    ...QUIET,
    "StrictHostKeyChecking=yes",
    `ConnectTimeout=${Math.max(1, Math.ceil(host.connectTimeoutMs / 1000))}`,
    "ConnectionAttempts=1",
    `ServerAliveInterval=${ALIVE_INTERVAL_S}`,
    "ServerAliveCountMax=3",
    // So the client tells which key the host shows.
    "LogLevel=DEBUG1",
    ...(host.knownHostsFile === undefined ? [] : [`UserKnownHostsFile=${quoteSetting(host.knownHostsFile)}`]),
  ];
  return [
    ...(host.configFile === undefined ? [] : ["-F", host.configFile]),
    ...options(settings),
    "-M",
    ...["-S", socket],
    ...(host.user === undefined ? [] : ["-l", host.user]),
    ...(host.port === undefined ? [] : ["-p", String(host.port)]),
    ...(host.jump === undefined ? [] : ["-J", host.jump]),
    ...(host.identityFile === undefined ? [] : ["-i", host.identityFile]),
    ...["--", host.host, SHELL_COMMAND],
  ];
}

/** One more session over the connection. It must never make a connection of its own, so it is told no way to the host. */
export function workerArguments(host: SshHost, socket: string): readonly string[] {
  const settings = [...QUIET, "LogLevel=ERROR", "ControlMaster=no", "ProxyCommand=exit 255"];
  return ["-F", "/dev/null", ...options(settings), "-S", socket, "--", host.host, SHELL_COMMAND];
}

function options(settings: readonly string[]): readonly string[] {
  return settings.flatMap((setting) => ["-o", setting]);
}

function quoteSetting(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
