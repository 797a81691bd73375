import { createHash } from "node:crypto";
import { chmod, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Desired } from "../../../../model/declared.ts";
import { constraint } from "../../../../model/expected.ts";
import type { Observation } from "../../../../model/observation.ts";
import { makeScratch, type Scratch } from "../../../../testing/scratch.ts";
import { eachOf } from "../../streams.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { impliedByContent } from "./implied.ts";
import { readTree } from "./tree.ts";

let scratch: Scratch;
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = await makeScratch();
  await chmod(scratch.path, 0o755);
});
afterEach(() => scratch[Symbol.asyncDispose]());

type Present = Extract<Observation, { status: "present" }>;

async function observe(id: string, desired?: Desired): Promise<Present> {
  const request = {
    at: "here",
    asked: [{ resource: { kind: "host/file", at: "here", id }, ...(desired === undefined ? {} : { desired }) }],
    now: () => "2026-01-02T03:04:05.000Z",
    signal: new AbortController().signal,
  };
  for await (const answer of eachOf(readTree({ "host/file": request }, openLocalTransport())))
    if (answer.status === "present") return answer;
  throw new Error(`Cannot observe "${id}"`);
}

function declaring(id: string, text: string): Desired {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { presence: "present", attributes: { sha256, ...impliedByContent({ kind: "host/file", id, text }) } };
}

describe("a file of a known format", () => {
  it("has its settings, and says which may be secret", async () => {
    await writeFile(at("a.yaml"), "# c\nport: 1\ndb: {password: x}\n");
    const { actual, facts } = await observe(at("a.yaml"));
    expect(actual["settings"]).toEqual({ port: 1, db: { password: "x" } });
    expect(actual["sha256"]).toBeTypeOf("string");
    expect(facts).toEqual([{ path: "/settings/db/password", fact: "sensitive" }]);
  });

  it("has none where it does not parse, is binary or is large", async () => {
    for (const [name, content] of [
      ["a.yaml", "a: ["],
      ["b.yaml", Buffer.from([0x61, 0x3a, 0, 1])],
      ["c.yaml", `a: ${"x".repeat(300_000)}`],
    ] as const) {
      await writeFile(at(name), content);
      const { actual } = await observe(at(name));
      expect([name, Object.hasOwn(actual, "settings"), typeof actual["sha256"]]).toEqual([name, false, "string"]);
    }
  });

  it("says of what only its declaration has that it is as secret", async () => {
    await writeFile(at("a.yaml"), "port: 1\n");
    const { facts } = await observe(at("a.yaml"), declaring(at("a.yaml"), "port: 1\npin: {secret_number: 5}\n"));
    expect(facts).toEqual([{ path: "/settings/pin/secret_number", fact: "sensitive" }]);
  });

  it("is no other behind a link", async () => {
    await writeFile(at("a.yaml"), "port: 1\n");
    await symlink("a.yaml", at("l.yaml"));
    expect((await observe(at("l.yaml"))).actual).not.toHaveProperty("settings");
  });
});

describe("a file whose content is declared", () => {
  it("says what changed in it", async () => {
    await writeFile(at("motd"), "a\nc\n");
    const { actual } = await observe(at("motd"), declaring(at("motd"), "a\nb\n"));
    expect(actual["diff"]).toBe("--- desired\n+++ actual\n@@ -1,2 +1,2 @@\n a\n-b\n+c");
  });

  it("says nothing where it is as declared, or only its hash is", async () => {
    await writeFile(at("motd"), "a\n");
    expect((await observe(at("motd"), declaring(at("motd"), "a\n"))).actual).not.toHaveProperty("diff");
    const desired: Desired = { presence: "present", attributes: { sha256: "0".repeat(64) } };
    expect((await observe(at("motd"), desired)).actual).not.toHaveProperty("diff");
  });

  it("implies its settings exactly, with secrets as such", () => {
    const implied = impliedByContent({ kind: "host/file", id: "/srv/a.yaml", text: "a: {b: [1]}\napi_token: x\n" });
    expect(implied).toEqual({
      settings: constraint([
        {
          op: "only",
          members: {
            a: constraint([{ op: "only", members: { b: [1] } }]),
            api_token: constraint([{ op: "secret", value: "x" }]),
          },
        },
      ]),
      content: "a: {b: [1]}\napi_token: x\n",
    });
  });

  it("implies no more than its text where no format is known, and nothing where that is long", () => {
    expect(impliedByContent({ kind: "host/file", id: "/etc/motd", text: "a" })).toEqual({ content: "a" });
    expect(impliedByContent({ kind: "host/file", id: "/etc/motd", text: "a".repeat(70_000) })).toEqual({});
    expect(impliedByContent({ kind: "host/directory", id: "/etc", text: "a" })).toBeUndefined();
  });
});

describe("what is no change of a file", () => {
  const unchanged = async (path: string, change: () => Promise<unknown>) => {
    const before = (await observe(path)).actual;
    await change();
    expect((await observe(path)).actual).toEqual(before);
  };

  it("is another time of change", async () => {
    await writeFile(at("f"), "one");
    await unchanged(at("f"), () => utimes(at("f"), 1, 1));
  });

  it("is another file with the same content in its place", async () => {
    await writeFile(at("f"), "one");
    await unchanged(at("f"), async () => {
      await writeFile(at("g"), "one");
      await rename(at("g"), at("f"));
    });
  });
});
