import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeScratch } from "../../../../testing/scratch.ts";
import type { Transport } from "../../transport.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { Owners, parseNames } from "./owners.ts";

const signal = new AbortController().signal;

describe("parseNames", () => {
  it("takes the first name of each number and leaves out what is no record", () => {
    const text = "root:x:0:0::/root:/bin/sh\ntoor:x:0:0:::\n# comment\n+::::::\nbad:x:1z:\n:x:5:\nlast:x:7";
    expect([...parseNames(Buffer.from(text))]).toEqual([
      [0, "root"],
      [7, "last"],
    ]);
  });

  it("writes names with bytes that are not UTF-8 as in an id", () => {
    expect(parseNames(Buffer.from("b\xf6se:x:9:", "latin1")).get(9)).toBe("b%F6se");
  });
});

describe("Owners", () => {
  it("knows the users and groups of this machine", async () => {
    const owners = new Owners(openLocalTransport(), signal);
    const nogroup = execFileSync("getent", ["group", "65534"], { encoding: "utf8" }).split(":")[0];
    expect(await owners.user(0)).toEqual({ ok: true, value: "root" });
    expect(await owners.group(65_534)).toEqual({ ok: true, value: nogroup });
  });

  /** getent(1) as a directory service might make it answer, in a folder where nothing else is found. */
  async function withGetent(script: string, check: (owners: Owners) => Promise<void>): Promise<void> {
    await using scratch = await makeScratch();
    await writeFile(join(scratch.path, "getent"), `#!/bin/sh\n${script}\n`);
    await chmod(join(scratch.path, "getent"), 0o755);
    const transport: Transport = openLocalTransport({ programFolders: [scratch.path, "/usr/bin"], timeoutMs: 300 });
    await check(new Owners(transport, signal));
  }

  it("asks getent for those that stand in no file", async () => {
    await withGetent('echo "$2-$3:x:$3:"', async (owners) => {
      expect(await owners.user(3_999_999)).toEqual({ ok: true, value: "passwd-3999999" });
      expect(await owners.group(3_999_999)).toEqual({ ok: true, value: "group-3999999" });
    });
  });

  it("gives the number as text where getent knows no name, or is not there", async () => {
    await withGetent("exit 2", async (owners) => {
      expect(await owners.user(3_999_999)).toEqual({ ok: true, value: "3999999" });
    });
    const bare = new Owners(openLocalTransport({ programFolders: ["/nonexistent"] }), signal);
    expect(await bare.user(3_999_999)).toEqual({ ok: true, value: "3999999" });
  });

  it("gives no number where it could not be found out whether there is a name", async () => {
    await withGetent("exec sleep 60", async (owners) => {
      expect(await owners.user(3_999_999)).toMatchObject({ ok: false, reason: "timeout" });
    });
    await withGetent("exit 3", async (owners) => {
      expect(await owners.user(3_999_999)).toMatchObject({ ok: false, reason: "failed" });
    });
  });
});
