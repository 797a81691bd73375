import { afterAll, beforeAll, expect, it } from "vitest";
import { type DriftedScene, findingOn, startDriftedScene } from "../testing/drifted-scene.ts";

let scene: DriftedScene;
beforeAll(async () => {
  scene = await startDriftedScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

const words = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { stdout, stderr, exitCode } = await scene.inside(args, { env });
  return `${exitCode} ${scene.normalise(`${stdout}${stderr}`)}`;
};

interface Entry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string;
  readonly details: Readonly<Record<string, string>>;
}

const lastEntry = async (): Promise<Entry | undefined> => {
  const { stdout } = await scene.inside(["audit", "--format", "json"]);
  // The command prints the entries of the log, which have these members.
  return (JSON.parse(stdout) as readonly Entry[]).at(-1);
};

it("acknowledges by a unique start of the id, and logs git's user.email and the reason", async () => {
  const id = scene.idOf("app.cfg");
  expect(await words(["ack", id.slice(0, 9), "--reason", "on it"])).toMatchInlineSnapshot(`
    "0 <finding-1> is acknowledged: host/file <scene>/tree/app.cfg
    "
  `);
  expect(await lastEntry()).toMatchObject({
    actor: "ann@example.com",
    action: "finding.ack",
    subject: id,
    reason: "on it",
    details: {},
  });
  expect((await findingOn(scene, "app.cfg")).status).toBe("acknowledged");
});

it("logs who --by names, and who owns what is accepted", async () => {
  const id = scene.idOf("new.sh");
  const args = ["accept", id, "--until", "2099-03-01", "--reason", "agreed", "--by", "bob", "--owner", "ops"];
  expect(await words(args)).toMatchInlineSnapshot(`
    "0 <finding-1> is accepted until <time>: host/file <scene>/tree/new.sh
    "
  `);
  expect(await lastEntry()).toMatchObject({
    actor: "bob",
    action: "finding.accept",
    subject: id,
    details: { until: "2099-03-01T00:00:00.000Z", owner: "ops" },
  });
});

it("logs the login where git knows no one", async () => {
  const { userInfo } = await import("node:os");
  const id = scene.idOf("new.sh");
  const env = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "user.email", GIT_CONFIG_VALUE_0: "" };
  expect((await scene.inside(["ack", id, "--reason", "x"], { env })).exitCode).toBe(0);
  expect((await lastEntry())?.actor).toBe(userInfo().username);
});

it("snoozes for a duration from now", async () => {
  const id = scene.idOf("bin/serve");
  const before = Date.now();
  expect(await words(["snooze", id, "--until", "7d", "--reason", "after the release"])).toMatchInlineSnapshot(`
    "0 <finding-1> is snoozed until <time>: host/file <scene>/tree/bin/serve
    "
  `);
  const until = Date.parse((await findingOn(scene, "bin/serve")).decision?.until ?? "");
  expect(until).toBeGreaterThanOrEqual(before + 7 * 86_400_000);
  expect(until).toBeLessThanOrEqual(Date.now() + 7 * 86_400_000);
});

it("takes a decision back, and counts the finding again", async () => {
  const id = scene.idOf("bin/serve");
  await scene.inside(["ack", id, "--reason", "mine"]);
  expect(await words(["reopen", id, "--reason", "not agreed after all"])).toMatchInlineSnapshot(`
    "0 <finding-1> is open: host/file <scene>/tree/bin/serve
    "
  `);
  expect(await words(["reopen", id, "--reason", "again"])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot reopen "<finding-1>": no decision was made on it
      hint: It is open already
    "
  `);
});

it("refuses a decision without a reason, without an end, with one that is over or none at all", async () => {
  const id = scene.idOf("app.cfg");
  expect(await words(["ack", id])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot run \`leeway ack\`: required option '--reason <text>' not specified
      hint: \`leeway ack --help\` tells what it takes
    "
  `);
  expect(await words(["ack", id, "--reason", "  "])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot ack "<finding-1>": the reason is empty
      hint: Say why with --reason
    "
  `);
  expect(await words(["snooze", id, "--reason", "x"])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot run \`leeway snooze\`: required option '--until <when>' not specified
      hint: \`leeway snooze --help\` tells what it takes
    "
  `);
  expect(await words(["accept", id, "--reason", "x"])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot run \`leeway accept\`: required option '--until <when>' not specified
      hint: \`leeway accept --help\` tells what it takes
    "
  `);
  expect(await words(["accept", id, "--reason", "x", "--until", "2020-01-01"])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot accept "<finding-1>": "<time>" is over
      hint: Give a later time with --until
    "
  `);
  expect(await words(["accept", id, "--reason", "x", "--until", "2099-02-30"])).toMatchInlineSnapshot(`
    "2 error[USAGE]: Cannot read --until "2099-02-30": expected a date or a duration
      hint: write it like 2027-03-01 or 30d
    "
  `);
  expect(await words(["ack", "f_zzzzzz", "--reason", "x"])).toMatchInlineSnapshot(`
    "2 error[NOT_FOUND]: Cannot find finding "f_zzzzzz": no finding has an id that starts so
      hint: \`leeway findings\` lists them
    "
  `);
});

it("logs nothing that was refused", async () => {
  const before = await lastEntry();
  await scene.inside(["accept", scene.idOf("app.cfg"), "--reason", "x", "--until", "2020-01-01"]);
  expect(await lastEntry()).toEqual(before);
});
