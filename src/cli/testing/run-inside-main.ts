import process, { stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import { runProgramInside } from "./run-program.ts";

/** One line that is read; the reply is the outcome. */
export interface InsideQuestion {
  readonly args: readonly string[];
  readonly cwd: string;
}

/* Runs one command line after another in this process, so that a test can scan a machine of its own many times. */
for await (const line of createInterface({ input: stdin })) {
  // Only tests write questions.
  const { args, cwd } = JSON.parse(line) as InsideQuestion;
  stdout.write(`${JSON.stringify(await runProgramInside(args, { cwd, env: { ...process.env } }))}\n`);
}
