import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { builtProgram, type TestProgramName } from "../package-root.ts";
import type { Machine } from "./machine.ts";

/** Long enough for whatever a test asks on a machine that has much else to do. */
const REPLY_MS = 60_000;

/** The command line of a program that was built for tests. */
export function commandOf(program: TestProgramName): readonly [string, ...string[]] {
  return ["node", fileURLToPath(builtProgram(program))];
}

const asked = new WeakMap<Machine, Map<TestProgramName, { readonly pid: number; readonly dialogue: Dialogue }>>();

/**
 * Asks a program that runs in a machine, as root: a line of JSON each way. It is started with the first question after a boot, for
 * starting it takes longer than most answers, and ends with the machine.
 * @returns the line that it replies with
 */
export async function askIn(machine: Machine, program: TestProgramName, question: unknown): Promise<string> {
  const programs = asked.get(machine) ?? new Map();
  asked.set(machine, programs);
  let known = programs.get(program);
  if (known?.pid !== machine.pid || known.dialogue.hasEnded) {
    known = { pid: machine.pid, dialogue: new Dialogue(machine.start(commandOf(program)), program) };
    programs.set(program, known);
  }
  return await known.dialogue.ask(JSON.stringify(question));
}

class Dialogue {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #program: string;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";
  #last: Promise<unknown> = Promise.resolve();

  constructor(child: ChildProcessWithoutNullStreams, program: string) {
    this.#child = child;
    this.#program = program;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString("utf8");
    });
    // Its end is noticed where a reply is missing.
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** One question after the other, in the order in which they were asked. */
  ask(question: string): Promise<string> {
    const reply = this.#last.then(() => this.#ask(question));
    this.#last = reply.catch(() => undefined);
    return reply;
  }

  async #ask(question: string): Promise<string> {
    this.#child.stdin.write(`${question}\n`);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), REPLY_MS);
    const { done, value } = await this.#lines.next();
    clearTimeout(timer);
    if (done === true) throw new Error(`Cannot ask "${this.#program}" in the machine: no reply: ${this.#stderr}`);
    return value;
  }
}
