import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeScratch, type Scratch } from "../../../testing/scratch.ts";
import { type Client, ClientShell } from "./client-shell.ts";

const { PATH } = process.env;
let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
  process.env["PATH"] = `${scratch.path}:${PATH}`;
});
afterEach(async () => {
  process.env["PATH"] = PATH;
  await scratch[Symbol.asyncDispose]();
});

/** In place of the client. */
async function useClient(script: string): Promise<void> {
  const file = join(scratch.path, "ssh");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

async function started(): Promise<ClientShell> {
  const shell = await ClientShell.start();
  if (shell === undefined) throw new Error("There is a client");
  return shell;
}

const textOf = async (stream: Client["stdout"]) => {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
};

it("starts clients with streams of their own, each closed when it has ended", async () => {
  await useClient('read -r line; echo "$1 read $line"; echo "$2" >&2');
  const shell = await started();
  const clients = ["a b", "'", "$x"].map((name) => shell.startClient([name, "-- complaint"]) as Client);
  expect(shell.startClient(["one more"])).toBeUndefined();
  for (const [at, client] of [...clients.entries()].reverse()) {
    const closed = once(client, "close");
    client.stdin?.end(`line ${at}\n`);
    const texts = await Promise.all([textOf(client.stdout), textOf(client.stderr), closed]);
    expect(texts.slice(0, 2)).toEqual([`${["a b", "'", "$x"][at]} read line ${at}\n`, "-- complaint\n"]);
  }
  shell.end();
});

it("ends a client, or all of them at once", async () => {
  await useClient("exec sleep 600");
  const shell = await started();
  const [first, second] = [shell.startClient([]), shell.startClient([])] as [Client, Client];
  await expect.poll(() => first.kill("SIGKILL")).toBe(true);
  await once(first, "close");
  expect(second.stdout?.destroyed).toBe(false);
  const closed = once(second, "close");
  shell.kill();
  await closed;
  expect(second.kill()).toBe(false);
  expect(shell.startClient([])).toBeUndefined();
});

it("ends what it started where nobody needs it any more", async () => {
  await useClient("exec sleep 600");
  const shell = await started();
  const client = shell.startClient([]) as Client;
  const closed = once(client, "close");
  shell.end();
  await closed;
});

it("says that there is no client", async () => {
  process.env["PATH"] = scratch.path;
  expect(await ClientShell.start()).toBeUndefined();
});
