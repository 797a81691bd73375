import { chmodSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DriftedScene, startDriftedScene } from "../testing/drifted-scene.ts";

let scene: DriftedScene;
beforeAll(async () => {
  scene = await startDriftedScene();
  await scene.inside(["ack", scene.idOf("app.cfg"), "--reason", "on it"]);
  await scene.inside(["ack", scene.idOf("new.sh"), "--reason", "mine"]);
});
afterAll(() => scene[Symbol.asyncDispose]());

const doctor = async (...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await scene.inside(["doctor", ...args]);
  const words = stdout.replace(/git version .*/, "git version").replace(/\d+ rules/, "<n> rules");
  return `${exitCode} ${scene.normalise(words.replace(/key: [0-9a-f]{8}/, "key: <key>"))}${stderr}`;
};

it("says what is sound", async () => {
  expect(await doctor()).toMatchInlineSnapshot(`
    "0 ok    configuration: leeway.yaml
    ok    rules: <n> rules in force
    ok    git: git version
    ok    store: <scene>/repo/.leeway/state.db is whole, and so is its audit log
    ok    digest key: <key>, from the file beside the store
    ok    target here: host opens: local
    "
  `);
});

it("finds a key file that others can read", async () => {
  const key = join(scene.repo, ".leeway/key");
  chmodSync(key, 0o644);
  expect(await doctor()).toMatchInlineSnapshot(`
    "2 ok    configuration: leeway.yaml
    ok    rules: <n> rules in force
    ok    git: git version
    ok    store: <scene>/repo/.leeway/state.db is whole, and so is its audit log
    FAIL  digest key: Cannot use the key file "<scene>/repo/.leeway/key": others can read it
            hint: Run \`chmod 600 <scene>/repo/.leeway/key\`
    ok    target here: host opens: local
    "
  `);
  chmodSync(key, 0o600);
});

it("finds an entry of the audit log that somebody altered, as audit --verify does", async () => {
  const whole = await scene.inside(["audit", "--verify"]);
  expect(whole.stdout).toMatch(/^The audit log is whole: 2 entries, the last one [0-9a-f]{64}\n$/);
  const store = new DatabaseSync(scene.storeFile);
  store.exec(`UPDATE audit SET body = replace(body, 'on it', 'let be') WHERE sequence = 1`);
  store.close();
  expect(await doctor()).toMatchInlineSnapshot(`
    "2 ok    configuration: leeway.yaml
    ok    rules: <n> rules in force
    ok    git: git version
    FAIL  store: Cannot trust <scene>/repo/.leeway/state.db
            Audit log: entry 1 was altered
    ok    digest key: <key>, from the file beside the store
    ok    target here: host opens: local
    "
  `);
  const { stdout, stderr, exitCode } = await scene.inside(["audit", "--verify"]);
  expect({ stdout, stderr, exitCode }).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[AUDIT_BROKEN]: Cannot trust the audit log: Audit log: entry 1 was altered
      hint: compare it with a copy of the store
    ",
      "stdout": "",
    }
  `);
});

it("finds a store that is damaged, and one that is none", async () => {
  const copy = join(scene.root, "copy.db");
  writeFileSync(copy, "this is no database, and long enough to be asked for a header of one hundred bytes. ".repeat(3));
  const none = await doctor("--store", copy);
  expect(none).toMatch(/^2 /);
  expect(none).toContain("FAIL  store: ");
  expect(none).not.toMatch(/^ {4}at /m);
  truncateSync(scene.storeFile, 8192);
  const damaged = await doctor();
  expect(damaged).toMatch(/^2 /);
  expect(damaged).toContain("FAIL  store: ");
  expect(damaged).not.toMatch(/^ {4}at /m);
});
