import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../model/json.ts";
import { attribute, brief, CONFIG, openTestBed, type TestBed, thingFacts } from "./fixtures/test-bed.ts";

let bed: TestBed;

const put = (id: string, actual: JsonObject, at = "p") => bed.world.things.set(`${at} ${id}`, { actual });
const read = (file: string) => readFileSync(join(bed.root, file), "utf8");

beforeEach(() => {
  bed = openTestBed();
  bed.commit({ "leeway.yaml": CONFIG });
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
});

describe("capture", () => {
  it("says which attributes it could not read, and so left out", async () => {
    const facts = [{ path: "/b", fact: "unchecked", reason: "denied", detail: "permission denied" }] as const;
    bed.world.things.set("p one", { actual: { a: 1 }, facts });
    expect((await bed.capture()).skipped).toEqual([{ resource: "test/thing one /b", detail: "permission denied" }]);
  });

  it("says which kinds it was told nothing of", async () => {
    bed.world.disturb = async function* () {};
    expect((await bed.capture()).skipped).toMatchObject([{ resource: "test/thing **" }]);
  });

  it("writes each resource once, whatever a connector answers", async () => {
    put("one", { a: 1 });
    bed.world.disturb = async function* (answers) {
      for await (const answer of answers) yield* [answer, answer];
    };
    expect((await bed.capture()).files).toMatchObject([{ resources: 1 }]);
  });

  it("leaves out volatile and computed attributes at any depth", async () => {
    const attributes = [
      attribute("/a"),
      attribute("/a/*/age", { roles: ["volatile"] }),
      attribute("/a/*/id", { roles: ["computed"] }),
    ];
    bed.world.kinds = [thingFacts({ attributes })];
    put("one", { a: { x: { age: 1, id: 2, n: 3 } } });
    const [file] = (await bed.capture()).files;
    expect(read(file?.file ?? "")).not.toMatch(/age|id: 2/);
    bed.commit({});
    put("one", { a: { x: { age: 9, id: 2, n: 3 } } });
    expect(brief(await bed.scan())).toEqual([]);
  });

  it("keeps the places apart whose names make one folder name", async () => {
    bed.world.places = ["a b", "a-b"];
    bed.world.disturb = async function* (answers) {
      for await (const answer of answers) yield answer;
      for (const at of bed.world.places) {
        const observedAt = bed.world.now;
        yield { resource: { kind: "test/thing", at, id: at }, observedAt, status: "present", actual: { a: 1 } };
      }
    };
    const { files } = await bed.capture();
    expect(new Set(files.map(({ file }) => file)).size).toBe(files.length);
    const texts = files.map(({ file }) => read(file)).join("\n");
    expect(texts).toMatch(/id: "?a b/);
    expect(texts).toMatch(/id: "?a-b/);
  });

  it("is in sync with itself where secrets are elements of lists", async () => {
    bed.world.kinds = [
      thingFacts({ attributes: [attribute("/users"), attribute("/users/*/token", { roles: ["sensitive"] })] }),
    ];
    put("one", { users: [{ name: "x", token: "hunter1" }] });
    const [file] = (await bed.capture()).files;
    expect(read(file?.file ?? "")).not.toContain("hunter1");
    bed.commit({});
    const result = await bed.scan();
    expect(result.targets).toMatchObject([{ verdict: "in-sync", coverage: { declared: 1, checked: 1 } }]);
    put("one", { users: [{ name: "x", token: "hunter2" }] });
    expect((await bed.scan()).findings).toMatchObject([{ resource: "one", changes: [{ path: "/users" }] }]);
  });

  it("refuses a part that means no kind", async () => {
    await expect(bed.capture({ only: ["test/thnig"] })).rejects.toMatchObject({ code: "USAGE" });
  });
});
