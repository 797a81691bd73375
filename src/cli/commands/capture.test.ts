import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configOf, type Scene, startScene } from "../testing/run-leeway.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ captured: false, config: (made) => configOf(made, { rest: BARE }) });
});
afterAll(() => scene[Symbol.asyncDispose]());

const BARE = `  bare: { connector: host, desired: bare }
  far: { connector: host, desired: { git: "https://git.example.com/x.git" } }
`;
const captured = (file: string) => readFileSync(join(scene.repo, file), "utf8");

it("writes a file a kind, sorted by id, with its place and without what comes and goes", async () => {
  expect(await scene.inside(["capture", "here"])).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "Next: look at them, then git add and git commit: a scan reads the commit
    ",
      "stdout": "desired/local/directory.yaml  2 resources
    desired/local/file.yaml  4 resources
    ",
    }
  `);
  const text = captured("desired/local/file.yaml");
  const ids = Array.from(text.matchAll(/^id: (.*)$/gm), ([, id]) => id);
  expect(ids).toEqual(["app.cfg", "bin/serve", "current", "etc/limits"].map((name) => join(scene.tree, name)));
  expect(text.match(/^at: .*$/gm)).toEqual(ids.map(() => "at: [local]"));
  expect(text).not.toMatch(/mtime|size|uid/);
});

it("refuses to write over files, names them, and leaves them be; --force overwrites", async () => {
  const file = join(scene.repo, "desired/local/file.yaml");
  mkdirSync(join(scene.repo, "desired/local"), { recursive: true });
  writeFileSync(file, "# mine\n");
  expect(await scene.inside(["capture", "here", "--only", "host/file"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[WRITE_REFUSED]: Cannot write captured state: desired/local/file.yaml exists already
      hint: --force overwrites them; --only limits what is captured
    ",
      "stdout": "",
    }
  `);
  expect(readFileSync(file, "utf8")).toBe("# mine\n");
  expect((await scene.inside(["capture", "here", "--only", "host/file", "--force"])).exitCode).toBe(0);
  expect(readFileSync(file, "utf8")).toContain(`id: ${scene.tree}/app.cfg\n`);
});

it("refuses a target that is not there, has no scope or lives elsewhere, and a kind that does not exist", async () => {
  const refusals: string[] = [];
  for (const args of [["her"], ["bare"], ["far"], ["here", "--only", "host/fil"]]) {
    const { stdout, stderr, exitCode } = await scene.inside(["capture", ...args]);
    expect({ stdout, exitCode }, args.join(" ")).toEqual({ stdout: "", exitCode: 2 });
    refusals.push(stderr);
  }
  expect(refusals.join("")).toMatchInlineSnapshot(`
    "error[USAGE]: Cannot find target "her": leeway.yaml has no target of that name
      hint: use one of: here, bare, far
    error[USAGE]: Cannot capture target "bare": it has no scope, so there is nothing to look for
      hint: add scope: { include: [...] } to the target, or name kinds with --only
    error[WRITE_REFUSED]: Cannot capture target "far": its desired state lives in "https://git.example.com/x.git"
      hint: capture writes Leeway's own documents in this repository: give the target a desired path here
    error[USAGE]: Cannot limit the capture to "host/fil": there is no kind "host/fil"
      hint: did you mean "host/file"?
    "
  `);
});
