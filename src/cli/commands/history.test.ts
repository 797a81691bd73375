import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Scene, startScene } from "../testing/run-leeway.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ files: { "app.cfg": "a\n", "job@night": "b\n", plain: "c\n" } });
  await scene.inside(["scan"]);
  scene.put("app.cfg", "a\n", 0o600);
  rmSync(join(scene.tree, "job@night"));
  await scene.inside(["scan"]);
});
afterAll(() => scene[Symbol.asyncDispose]());

it("tells what was first seen and what changed since, one step a change", async () => {
  const { stdout, stderr, exitCode } = await scene.inside(["history", `host/file:${scene.tree}/app.cfg`]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  // Who owns the files is who runs the tests.
  const words = stdout.replaceAll(/^ +(?:[ug]id|owner|group) .*\n/gm, "").replaceAll(/[0-9a-f]{64}/g, "<sha256>");
  expect(scene.normalise(words)).toMatchInlineSnapshot(`
    "here/host/file:<scene>/tree/app.cfg@local
      <time>  scan 1  commit <commit>  first seen
          mode  "0644"
          sha256  "<sha256>"
          size  2
          type  "file"
      <time>  scan 2  commit <commit>  changed
          mode  "0644" → "0600"
    "
  `);
});

it("takes the resource in every form that names it, with an @ in its id too", async () => {
  const night = `host/file:${scene.tree}/job@night`;
  for (const form of [night, `${night}@local`, `here/${night}`, `here/${night}@local`]) {
    const { stdout, exitCode } = await scene.inside(["history", form]);
    expect(exitCode, form).toBe(0);
    expect(stdout.split("\n")[0], form).toBe(`here/${night}@local`);
    expect(stdout, form).toMatch(/not there\n$/);
  }
});

it("prints JSON with the documents as they were", async () => {
  const { stdout } = await scene.inside(["history", `here/host/file:${scene.tree}/app.cfg@local`, "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      target: "here",
      kind: "host/file",
      resource: `${scene.tree}/app.cfg`,
      at: "local",
      entries: [
        { scan: 1, presence: "present", retired: false, document: { mode: "0644" } },
        { scan: 2, presence: "present", retired: false, document: { mode: "0600" } },
      ],
    },
  ]);
});

it("refuses what no scan has recorded, and what is no resource", async () => {
  const refusals: string[] = [];
  for (const name of [`host/file:${scene.tree}/none`, `host/file:${scene.tree}/plain@mars`, "app.cfg"]) {
    const { stdout, stderr, exitCode } = await scene.inside(["history", name]);
    expect({ stdout, exitCode }, name).toEqual({ stdout: "", exitCode: 2 });
    refusals.push(scene.normalise(stderr));
  }
  expect(refusals.join("")).toMatchInlineSnapshot(`
    "error[NOT_FOUND]: Cannot find the history of "host/file:<scene>/tree/none": no scan has recorded it
      hint: write it as KIND:ID, TARGET/KIND:ID or KIND:ID@PLACE, such as host/file:/etc/passwd
    error[NOT_FOUND]: Cannot find the history of "host/file:<scene>/tree/plain@mars": no scan has recorded it
      hint: write it as KIND:ID, TARGET/KIND:ID or KIND:ID@PLACE, such as host/file:/etc/passwd
    error[NOT_FOUND]: Cannot find the history of "app.cfg": no scan has recorded it
      hint: write it as KIND:ID, TARGET/KIND:ID or KIND:ID@PLACE, such as host/file:/etc/passwd
    "
  `);
});
