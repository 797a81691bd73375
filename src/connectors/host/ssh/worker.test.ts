import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, expect, it } from "vitest";
import { type Collected, collect, type Job } from "./job.ts";
import { Worker, type WorkerEvents } from "./worker.ts";

const NONCE = "n0nce";
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A worker whose shell prints just this, whatever it is told. */
function workerOf(script: string, slow: WorkerEvents["slow"] = () => {}): Worker {
  const child = spawn("sh", ["-c", `${script}; exec sleep 60`], { stdio: ["pipe", "pipe", "pipe"] });
  children.push(child);
  const events = { idle: () => {}, gone: () => {}, slow, kill: () => {} };
  const lost = () => ({ reason: "unreachable", detail: "gone" }) as const;
  return new Worker({ child, nonce: NONCE, events, settled: async () => {}, lost });
}

function makeJob(): { readonly job: Job; readonly collected: Promise<Collected> } {
  const made: Job[] = [];
  const submit = (job: Job) => void made.push(job);
  const collected = collect("c=0", { timeoutMs: 10_000, maxBytes: 100, submit, abandon: () => {} });
  const [job] = made;
  if (job === undefined) throw new Error("collect submits its job at once");
  return { job, collected };
}

it("forgets what a job had printed before it was handed back, and runs anew", async () => {
  const [first, second] = [makeJob(), makeJob()];
  const handedBack = await new Promise<readonly Job[]>((resolve) => {
    // The first has ended on one of its streams alone, so the second already prints.
    const worker = workerOf(`printf 'one\\n${NONCE} 1 0\\nhal'`, (_, unbegun) => resolve(unbegun));
    worker.send([first.job, second.job]);
  });
  expect(handedBack).toEqual([second.job]);
  workerOf(`printf 'half\\n${NONCE} 1 0\\n'; printf '\\n${NONCE} \\n' >&2`).send(handedBack);
  const collected = await second.collected;
  expect(collected).toMatchObject({ how: "done", code: "0" });
  expect("stdout" in collected && collected.stdout.toString()).toBe("half");
});
