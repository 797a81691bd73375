import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listing, Observation } from "../../../model/observation.ts";
import type { HostKind } from "../kind.ts";
import { openLocalTransport } from "../transport-local.ts";
import { command, runCommand } from "./command.ts";
import { portKind } from "./network/port.ts";
import { packageKind } from "./packages/package.ts";

/** Programs that behave badly under the names of those that the kinds run; the system's own folders follow behind. */
let folder: string;
const signal = new AbortController().signal;
const add = async (name: string, script: string) => {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
};
const open = (timeoutMs = 20_000) => openLocalTransport({ programFolders: [folder, "/usr/bin", "/bin"], timeoutMs });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leeway-command-"));
  await add("slow", "sleep 60");
  await add("sound", "cat; echo aside >&2");
  await add("refused", "echo >&2; printf 'Cannot open: Permission denied\\r\\nmore\\n' >&2; exit 1");
  await add("silent", "exit 3");
  await add("odd", "printf 'bad \\377 byte\\n' >&2; exit 1");
  await add("dpkg-query", "sleep 60");
  await add("ss", "echo 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* ino:1 <->'; echo nonsense");
});
afterAll(() => rm(folder, { recursive: true }));

describe("runCommand", () => {
  it("hands on what a command prints", async () => {
    const output = await runCommand(open(), command("sound"), { signal, stdin: "aye" });
    expect(output).toMatchObject({ status: "done", exitCode: 0, stderr: ["aside"] });
    expect(output.status === "done" && Buffer.from(output.stdout).toString()).toBe("aye");
  });

  it("takes an exit code for an answer where it is one", async () => {
    expect(await runCommand(open(), command("silent"), { signal, answers: [0, 3] })).toMatchObject({
      status: "done",
      exitCode: 3,
    });
  });

  it.each([
    ["refused", "denied", 'Cannot run "refused": Cannot open: Permission denied'],
    ["silent", "failed", 'Cannot run "silent": it ended with 3'],
    ["odd", "failed", 'Cannot run "odd": bad %FF byte'],
    ["no-such-program", "unsupported", 'Cannot run "no-such-program": it is not installed'],
  ])("keeps what %s should tell unchecked: %s", async (program, reason, detail) => {
    expect(await runCommand(open(), command(program), { signal })).toEqual({ status: "unchecked", reason, detail });
  });

  it("keeps what a command should tell unchecked when it does not end in time", async () => {
    expect(await runCommand(open(50), command("slow"), { signal })).toMatchObject({
      status: "unchecked",
      reason: "timeout",
    });
  });
});

async function read(kind: HostKind, id: string, timeoutMs?: number) {
  const asked = [{ resource: { kind: kind.facts.kind, at: "here", id } }];
  const request = { at: "here", asked, inScope: () => true, now: () => new Date().toISOString(), signal };
  const answers: (Observation | Listing)[] = [];
  for await (const answer of kind.read(request, open(timeoutMs))) answers.push(answer);
  return answers;
}

describe("a kind", () => {
  it("is unchecked and unlisted when its command does not end in time", async () => {
    expect(await read(packageKind, "libc6", 200)).toMatchObject([
      { resource: { id: "libc6" }, status: "unchecked", reason: "timeout" },
      { status: "unlisted", reason: "timeout" },
    ]);
  });

  it("answers for what it understood of an output and calls nothing else absent", async () => {
    const answers = await read(portKind, "tcp:80");
    expect(answers).toMatchObject([
      { resource: { id: "tcp:80" }, status: "unchecked", reason: "failed" },
      { resource: { id: "tcp:22" }, status: "present", actual: { addresses: ["0.0.0.0"], user: "root" } },
      { status: "listed", gaps: [{ glob: "**", reason: "failed" }] },
    ]);
  });
});
