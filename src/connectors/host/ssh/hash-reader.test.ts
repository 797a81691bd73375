import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../../testing/requirements.ts";
import { makeScratch, type Scratch } from "../../../testing/scratch.ts";
import { type SshServer, startSshServer } from "../../../testing/ssh-server.ts";
import type { DigestAlgorithm, HostPath, Transport } from "../transport.ts";
import { openLocalTransport } from "../transport-local.ts";
import { openSshTransport } from "./ssh-transport.ts";

const path = (text: string): Buffer => Buffer.from(text, "latin1");
const BOTH: readonly DigestAlgorithm[] = ["sha256", "md5"];

describeWith("sshd", "digests by several algorithms over SSH", () => {
  let scratch: Scratch;
  let server: SshServer;
  let files: readonly HostPath[];

  beforeAll(async () => {
    server = await startSshServer({ user: "scan", sudoers: "ALL=(root) NOPASSWD: ALL" });
    scratch = await makeScratch();
    await chmod(scratch.path, 0o755);
    const odd = ["a b", "new\nline", "back\\slash", "\xff", "'", "-n"];
    const names = [...odd, "empty", ...Array.from({ length: 600 }, (_, index) => `file ${index}`)];
    for (const name of names) await writeFile(path(join(scratch.path, name)), name === "empty" ? "" : name);
    await writeFile(join(scratch.path, "closed"), "hidden", { mode: 0o600 });
    await mkdir(join(scratch.path, "folder"));
    await symlink("empty", join(scratch.path, "link"));
    files = [...names, "folder", "link", "none"].map((name) => path(join(scratch.path, name)));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  const read = async (transport: Transport, algorithms: readonly DigestAlgorithm[]) =>
    await Promise.all(files.map((file) => transport.digests(file, algorithms)));

  it.each([
    ["as the user that logs in", {}],
    ["as root", { sudo: true }],
  ])("are those of the local transport %s", async (_, options) => {
    await using transport = openSshTransport(server.host(options));
    for (const algorithms of [BOTH, ["sha1"], ["md5", "sha256", "sha1"]] as const)
      expect(await read(transport, algorithms)).toEqual(await read(openLocalTransport(), algorithms));
    const closed = await transport.digests(path(join(scratch.path, "closed")), BOTH);
    expect(closed).toMatchObject("sudo" in options ? { ok: true } : { reason: "denied" });
  });

  it("are those of the local transport on a host with busybox", async () => {
    await using small = await startSshServer({ busybox: true });
    await using transport = openSshTransport(small.host());
    expect(await read(transport, BOTH)).toEqual(await read(openLocalTransport(), BOTH));
  });
});
