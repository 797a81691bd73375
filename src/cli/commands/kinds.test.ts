import { afterAll, beforeAll, expect, it } from "vitest";
import { hostKindFacts } from "../../connectors/host/kinds/facts.ts";
import { type Scene, startScene } from "../testing/run-leeway.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ captured: false });
});
afterAll(() => scene[Symbol.asyncDispose]());

it("prints every kind with every attribute, needing no configuration", async () => {
  const { stdout, stderr, exitCode } = await scene.inside(["kinds"], { cwd: scene.root });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const blocks = stdout.split("\n\n");
  expect(blocks.map((block) => block.split(" ")[0])).toEqual(hostKindFacts.map(({ kind }) => kind));
  for (const [index, { attributes }] of hostKindFacts.entries())
    for (const { path } of attributes) expect(blocks[index]).toContain(`\n  ${path} `);
});

it("prints the kinds of a pattern, one attribute a line", async () => {
  const { stdout } = await scene.inside(["kinds", "host/sys*"]);
  expect(stdout).toMatchInlineSnapshot(`
    "host/sysctl  A kernel parameter as it is in force; those that count or measure by themselves are not looked for
      id: the key with dots, written as sysctl writes it (net.ipv4.ip_forward)
      read: /proc/sys
      /value  string  -  The value as text; fields are parted by tabs
    "
  `);
});

it("prints the facts as JSON", async () => {
  const { stdout } = await scene.inside(["kinds", "host/package", "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject([{ kind: "host/package", attributes: expect.any(Array) }]);
});

it("refuses a kind that does not exist, with what was meant", async () => {
  expect(await scene.inside(["kinds", "host/fiel"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[NOT_FOUND]: Cannot find kind "host/fiel": no connector knows it
      hint: did you mean "host/file"?
    ",
      "stdout": "",
    }
  `);
});
