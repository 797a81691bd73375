import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Client, ClientShell } from "./client-shell.ts";
import { connectFailure, presentedKey } from "./connect-failure.ts";
import { type ControlFolder, makeControlFolder } from "./control-folder.ts";
import type { Job, Lost } from "./job.ts";
import { MarkerParser } from "./marker-parser.ts";
import { PROBE, prelude } from "./prelude.ts";
import { quoteAll } from "./shell-text.ts";
import { masterArguments, workerArguments } from "./ssh-arguments.ts";
import type { HostKey, SshHost } from "./ssh-host.ts";
import { SUDO_KILL } from "./sudo-scripts.ts";
import { Worker, type WorkerEvents } from "./worker.ts";

/** What the programs of a host can do. */
export interface Capabilities {
  /** Whether find prints what it is told to; else it is that of busybox. */
  readonly printf: boolean;
  /** Whether stat prints what it is told to. */
  readonly stat: boolean;
  /** Whether sha256sum ends its lines with a zero byte where asked to. */
  readonly zero: boolean;
}

const NOTHING: Capabilities = { printf: false, stat: false, zero: false };
/** Complaints of the client are short; the rest is of no use. */
const MAX_SAID = 64 * 1024;
/** How much earlier a session may end than the connection that it goes over. */
const SETTLE_MS = 1000;
/** What the client says once other sessions can go over its connection. */
const UP = /^debug1: Entering interactive session/m;
/** How long the client has to take its leave. */
const END_MS = 2000;

/** One connection to a host, and the sessions over it. Its own session runs nothing but what ends others. */
export class Connection implements AsyncDisposable {
  readonly #host: SshHost;
  readonly #nonce = randomBytes(16).toString("hex");
  readonly #children = new Set<Client>();
  readonly #shells: Promise<ClientShell | undefined>[] = [];
  /** Sessions that nobody took yet. */
  readonly #ready: Promise<Client | undefined>[] = [];
  #folder: ControlFolder | undefined;
  #master: Client | undefined;
  #said = "";
  #lost: Lost | undefined;
  #onLost: (lost: Lost) => void = () => {};
  capabilities: Capabilities = NOTHING;

  constructor(host: SshHost) {
    this.#host = host;
  }

  /** Stands between what a read prints and the next, where markers of the shell cannot. */
  get nonce(): string {
    return this.#nonce;
  }

  /** As far as the host has shown one. */
  get hostKey(): HostKey | undefined {
    return presentedKey(this.#said);
  }

  /** @param workers how many sessions are wanted soon. @returns why the host cannot be reached; undefined when it is */
  async open(onLost: (lost: Lost) => void, workers: number): Promise<Lost | undefined> {
    this.#folder = await makeControlFolder();
    const master = await this.#startClient(masterArguments(this.#host, this.#folder.socket));
    if (master === undefined) return this.#isLost(noClient());
    this.#master = master;
    // While the host is waited for there is time to start what starts the others.
    if (workers >= 3) this.#shells.push(ClientShell.start());
    master.stderr?.setEncoding("latin1").on("data", (text: string) => {
      const wasUp = UP.test(this.#said);
      if (this.#said.length < MAX_SAID) this.#said += text;
      if (!wasUp && UP.test(this.#said))
        for (let count = 0; count < workers; count += 1) this.#ready.push(this.#startWorker());
    });
    this.#onLost = onLost;
    master.once("close", () => this.#isLost(connectFailure(this.#said)));
    const lost = await this.#greet(master);
    // From here on only complaints are of interest.
    return lost;
  }

  /** Waits until the session of the connection itself answers, which also says what the host can do. */
  #greet(master: Client): Promise<Lost | undefined> {
    const { connectTimeoutMs } = this.#host;
    return new Promise((resolve) => {
      const late = () => {
        resolve(this.#isLost({ reason: "timeout", detail: `it did not answer within ${connectTimeoutMs / 1000} s` }));
        this.#end(master);
      };
      const timer = setTimeout(late, connectTimeoutMs);
      master.once("close", () => {
        clearTimeout(timer);
        resolve(this.#lost);
      });
      let words = "";
      const parser = new MarkerParser(this.#nonce, {
        data: (bytes) => {
          words += bytes.toString("latin1");
        },
        marker: () => {
          clearTimeout(timer);
          const can = (word: string) => words.split("\n").includes(word);
          this.capabilities = { printf: can("printf"), stat: can("stat"), zero: can("zero") };
          resolve(undefined);
        },
      });
      master.stdout?.on("data", (chunk: Buffer) => parser.feed(chunk));
      master.stdin?.write(`${prelude(this.#nonce, false)}${PROBE}\ne 1\n`, "latin1");
    });
  }

  /** A shell on the host that has told its process group; or why there is none. */
  async openWorker(events: Pick<WorkerEvents, "idle" | "gone" | "slow">): Promise<Worker | Lost> {
    if (this.#lost !== undefined) return this.#lost;
    const child = await this.#nextWorker();
    if (child === undefined) return noClient();
    return await new Promise((resolve) => {
      let isUp = false;
      const refused = () => resolve(refusal(this.#lost));
      const worker = new Worker({
        child,
        nonce: this.#nonce,
        settled: () => this.#settled(),
        lost: () => this.#lostMeanwhile(),
        events: {
          idle: (one) => isUp && events.idle(one),
          gone: (one, unbegun) => (isUp ? events.gone(one, unbegun) : refused()),
          slow: events.slow,
          kill: (group) => this.#kill(group),
        },
      });
      worker.send([
        greeting(prelude(this.#nonce, this.#host.sudo), this.#host.connectTimeoutMs, (group) => {
          isUp = true;
          worker.processGroup = group;
          resolve(worker);
        }),
      ]);
    });
  }

  /** When a connection is lost its sessions may end before it does; else whoever reads next would be sent to a dead one. */
  async #settled(): Promise<void> {
    const master = this.#master;
    if (this.#lost !== undefined || master === undefined) return;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), SETTLE_MS);
    // It is still there: then the session alone has ended.
    await once(master, "close", { signal: patience.signal }).catch(() => {});
    clearTimeout(timer);
  }

  /** Ends all processes of a worker that still runs. */
  #kill(group: number): void {
    const sudo = this.#host.sudo ? `echo ${group} | sudo -n -- ${quoteAll(SUDO_KILL)} >/dev/null 2>&1; ` : "";
    this.#master?.stdin?.write(`${sudo}kill -9 -${group} 2>/dev/null\n`);
  }

  /** One that was ready, unless the host let it not in. */
  async #nextWorker(): Promise<Client | undefined> {
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) {
      const client = await next;
      if (client?.stdout?.destroyed === false) return client;
    }
    return await this.#startWorker();
  }

  async #startWorker(): Promise<Client | undefined> {
    return this.#folder && (await this.#startClient(workerArguments(this.#host, this.#folder.socket)));
  }

  async #startClient(args: readonly string[]): Promise<Client | undefined> {
    for (const started of this.#shells) {
      const client = (await started)?.startClient(args);
      if (client !== undefined) return this.#adopt(client);
    }
    const shell = ClientShell.start();
    this.#shells.push(shell);
    const client = (await shell)?.startClient(args);
    return client && this.#adopt(client);
  }

  #adopt(child: Client): Client {
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    return child;
  }

  #isLost(lost: Lost): Lost {
    if (this.#lost === undefined) {
      this.#lost = lost;
      this.#onLost(lost);
    }
    return this.#lost;
  }

  #lostMeanwhile(): { readonly reason: "unreachable"; readonly detail: string } {
    return { reason: "unreachable", detail: this.#lost?.detail ?? "the session ended" };
  }

  #end(child: Client): void {
    child.stdin?.end();
    child.kill("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLost({ reason: "unreachable", detail: "the connection was closed" });
    // Those that are only being started.
    await Promise.all(this.#ready);
    const shells = await Promise.all(this.#shells);
    const ends = [...this.#children].map((child) => once(child, "close"));
    // Its shell first ends whom it was told to; the client goes when it does.
    this.#master?.stdin?.end();
    const patience = setTimeout(() => {
      for (const shell of shells) shell?.kill();
    }, END_MS);
    for (const child of this.#children) if (child !== this.#master) child.stdin?.end();
    await Promise.all(ends);
    clearTimeout(patience);
    for (const shell of shells) shell?.end();
    await this.#folder?.[Symbol.asyncDispose]();
  }
}

function greeting(script: string, timeoutMs: number, ready: (group: number | undefined) => void): Job {
  return {
    script,
    timeoutMs,
    stdout: () => true,
    stderr: () => {},
    end: (end) => {
      if (end.how === "done") ready(end.code === "0" ? undefined : Number(end.code));
    },
    isAbandoned: () => false,
  };
}

function noClient(): Lost {
  return { reason: "unsupported", detail: "ssh is not installed (Debian package openssh-client)" };
}

function refusal(lost: Lost | undefined): Lost {
  return lost ?? { reason: "unreachable", detail: "it lets no more sessions in" };
}
