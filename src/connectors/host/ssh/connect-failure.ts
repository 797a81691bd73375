import type { Lost } from "./job.ts";
import type { HostKey } from "./ssh-host.ts";

interface Meaning {
  readonly pattern: RegExp;
  readonly reason: Lost["reason"];
  readonly text: (complaint: string) => string;
}

const asItIs = (complaint: string) => complaint;

/** What the client says when it cannot connect, the most telling first. */
const MEANINGS: readonly Meaning[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    reason: "unreachable",
    text: () =>
      "its host key is not the one that is known: it was set up anew, or somebody stands in between. Compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the host itself before you replace it in known_hosts",
  },
  {
    pattern: /^No \S+ host key is known for/m,
    reason: "unreachable",
    text: () =>
      "its host key is not known: compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the host itself, then add it to known_hosts",
  },
  { pattern: /^Host key verification failed/m, reason: "unreachable", text: () => "its host key is not the right one" },
  { pattern: /Permission denied \(|Too many authentication failures/, reason: "denied", text: asItIs },
  { pattern: /timed out/i, reason: "timeout", text: asItIs },
  { pattern: /Unable to negotiate/, reason: "unsupported", text: asItIs },
  {
    pattern:
      /Could not resolve|refused|No route to host|unreachable|closed by|reset by|Broken pipe|Connection closed|not responding/i,
    reason: "unreachable",
    text: asItIs,
  },
];

/** What it means that the client ended, by what it said. */
export function connectFailure(stderr: string): Lost {
  const said = withoutDebug(stderr);
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(said));
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  if (meaning === undefined) return { reason: "failed", detail: lines.at(-1) ?? "ssh ended without a word" };
  return { reason: meaning.reason, detail: meaning.text(lines.find((line) => meaning.pattern.test(line)) ?? said) };
}

function withoutDebug(stderr: string): string {
  return stderr
    .replaceAll("\r", "")
    .split("\n")
    .filter((line) => !/^debug\d: /.test(line))
    .join("\n");
}

const KEY = /^debug1: Server host (?:key|certificate): (\S+) (SHA256:[A-Za-z0-9+/=]+)/gm;

/** The key that the host showed. Hosts that it is reached through are reported by clients of their own. */
export function presentedKey(stderr: string): HostKey | undefined {
  const last = [...stderr.matchAll(KEY)].at(-1);
  const [, type, fingerprint] = last ?? [];
  if (type === undefined || fingerprint === undefined) return undefined;
  return { algorithm: algorithmOf(type), fingerprint };
}

function algorithmOf(type: string): string {
  const name = /ed25519|ecdsa|rsa|dsa|dss/.exec(type)?.[0] ?? type;
  return (name === "dss" ? "dsa" : name).toUpperCase();
}
