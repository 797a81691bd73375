import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { env, kill } from "node:process";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { errorCode } from "../failure.ts";
import { quoteAll } from "./shell-text.ts";

/** A process of the system's client. It is closed once it and its streams have ended. */
export type Client = EventEmitter & Pick<ChildProcess, "stdin" | "stdout" | "stderr" | "kill">;

/** A shell knows the numbers of no more streams: two for each client. */
const CLIENTS = 3;
const FIRST_STREAM = 3;
const STREAMS = Array.from({ length: CLIENTS * 2 }, (_, at) => FIRST_STREAM + at);

/** Whatever the shell has started ends with it. */
const GREETING = `trap 'trap "" TERM; kill -TERM 0' EXIT; command -v ssh >/dev/null || exit; echo ready\n`;

/**
 * A shell of this machine that starts clients: for a process as large as this one each start takes long, for a shell none. It has a
 * session of its own, so that nobody can be asked for anything, and ends, with all clients, when this process does, however that ends.
 */
export class ClientShell {
  readonly #process: ChildProcess;
  readonly #clients: ShellClient[] = [];
  #isEnded = false;

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stdin?.on("error", () => {});
  }

  /** @returns undefined when there is no client */
  static async start(): Promise<ClientShell | undefined> {
    const process = spawn("/bin/sh", ["-s"], {
      detached: true,
      // A graphical question would wait for ever.
      env: { ...env, LC_ALL: "C", SSH_ASKPASS_REQUIRE: "never" },
      stdio: ["pipe", "pipe", "ignore", ...STREAMS.map(() => "pipe" as const)],
    });
    const started = new ClientShell(process);
    // It is a pipe.
    const lines = createInterface({ input: process.stdout as NonNullable<typeof process.stdout> });
    process.stdin?.write(GREETING);
    const first = await Promise.race([once(process, "error"), once(lines, "line"), once(process, "close")]);
    if (first[0] !== "ready") return undefined;
    lines.on("line", (line: string) => {
      const [at, pid] = line.split(" ").map(Number);
      const client = started.#clients[at ?? -1];
      if (client !== undefined) client.pid = pid;
    });
    return started;
  }

  /** @returns undefined when it can start no more */
  startClient(args: readonly string[]): Client | undefined {
    const at = this.#clients.length;
    if (at >= CLIENTS || this.#isEnded || this.#process.exitCode !== null) return undefined;
    const [data, errors] = [FIRST_STREAM + at * 2, FIRST_STREAM + at * 2 + 1];
    // These are pipes both ways.
    const [dataStream, errorStream] = [this.#process.stdio[data], this.#process.stdio[errors]] as [Duplex, Duplex];
    const client = new ShellClient(dataStream, errorStream);
    this.#clients.push(client);
    const streams = `<&${data} >&${data} 2>&${errors} ${closed(STREAMS.filter((stream) => stream >= data))}`;
    this.#process.stdin?.write(`ssh ${quoteAll(args)} ${streams} & echo ${at} $!\nexec ${closed([data, errors])}\n`);
    return client;
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    this.#isEnded = true;
    const { pid } = this.#process;
    if (pid === undefined) return;
    killSoftly(-pid, "SIGKILL");
  }

  /** To be called once no client is needed any more. */
  end(): void {
    this.#isEnded = true;
    this.#process.stdin?.end();
    for (const stream of STREAMS.slice(this.#clients.length * 2)) this.#process.stdio[stream]?.destroy();
  }
}

function closed(streams: readonly number[]): string {
  return streams.map((stream) => `${stream}>&-`).join(" ");
}

class ShellClient extends EventEmitter {
  readonly stdin: Duplex;
  readonly stdout: Duplex;
  readonly stderr: Duplex;
  pid: number | undefined;
  #open = 2;

  constructor(data: Duplex, errors: Duplex) {
    super();
    this.stdin = data;
    this.stdout = data;
    this.stderr = errors;
    for (const stream of [data, errors]) {
      // What it says of an end is said by its being closed.
      stream.on("error", () => {});
      stream.once("close", () => {
        this.#open -= 1;
        if (this.#open === 0) this.emit("close");
      });
    }
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): boolean {
    return this.pid !== undefined && this.#open > 0 && killSoftly(this.pid, signal);
  }
}

/** @returns whether there was anybody to kill */
function killSoftly(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
    return false;
  }
}
