import type { Read, Transport } from "../transport.ts";

/** How to reach one host over SSH. Nothing in it is a secret: keys stay in files and in the agent. */
export interface SshHost {
  /** A name or an address, or an alias of the client's own configuration. */
  readonly host: string;
  /** The client's own choice when left out. */
  readonly user?: string;
  readonly port?: number;
  /** Hosts to go through, as `ssh -J` takes them. */
  readonly jump?: string;
  readonly identityFile?: string;
  /** Which file says what key the host must have; the client's own when left out. */
  readonly knownHostsFile?: string;
  /** The client's configuration; the user's own when left out. */
  readonly configFile?: string;
  /** Whether each command is run through `sudo -n`. */
  readonly sudo: boolean;
  readonly connectTimeoutMs: number;
  /** How long a read may take that names no time of its own. */
  readonly timeoutMs: number;
}

/** The key that a host showed when it was connected to. */
export interface HostKey {
  /** `ED25519`, `ECDSA`, `RSA`. */
  readonly algorithm: string;
  /** `SHA256:…`, as ssh-keygen writes it. */
  readonly fingerprint: string;
}

/** A transport over one SSH connection, which is made at the first read. Where it cannot be made, every read says so. */
export interface SshTransport extends Transport {
  /** Makes the connection, and says why not where that fails. */
  connect(): Promise<Read<undefined>>;
  /** The key that the host shows, also where the client refuses it because it is not the one that is known. */
  hostKey(): Promise<Read<HostKey>>;
}
