import { afterAll, beforeAll, expect, it } from "vitest";
import { type DriftedScene, startDriftedScene } from "../testing/drifted-scene.ts";

let scene: DriftedScene;
beforeAll(async () => {
  scene = await startDriftedScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

it("shows one finding with its diff, its life and what to do next", async () => {
  const { stdout, stderr, exitCode } = await scene.inside(["show", scene.idOf("app.cfg").slice(2, 9)]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(scene.normalise(stdout)).toMatchInlineSnapshot(`
    "  ● critical security  Everyone may now write to <scene>/tree/app.cfg
        <finding-1>  host/file <scene>/tree/app.cfg at local
        changed out of band: production was changed outside the workflow
          /mode  "0644" → "0666"
          /sha256
            − "37107a4e5ea873399e16cc41781ede69752273d4232675d990fda44a0603dfa2"
            + "04c5e951fe9c4202fb28a0a2dc63c126bdb20f8f3193bef45aebf7a0994882cb"
        since <time> (<ago>), declared at desired/local/file.yaml:1
        rule host/world-writable-file · CIS Debian Linux 12 7.1.11

    Timeline
      <time>  opened    Everyone may now write to <scene>/tree/app.cfg

    Next
      make production as declared, or change the desired state, then scan again; or decide:
      leeway ack <finding-1> --reason "…"
      leeway accept <finding-1> --until 30d --reason "…"
      leeway ignore <finding-1> --reason "…"
    "
  `);
});

it("shows who decided what, and how to take it back", async () => {
  const id = scene.idOf("bin/serve");
  await scene.inside(["accept", id, "--until", "2099-01-01", "--reason", "retired", "--owner", "ops"]);
  const { stdout } = await scene.inside(["show", id]);
  expect(scene.normalise(stdout)).toMatchInlineSnapshot(`
    "  ● warning functional  host/file <scene>/tree/bin/serve is missing
        <finding-1>  host/file <scene>/tree/bin/serve at local
        missing out of band: it was there and was removed outside the workflow
          declared, and not there
        accepted until <time> by ann@example.com, owned by ops: retired
        since <time> (<ago>), declared at desired/local/file.yaml:11

    Timeline
      <time>  opened                     host/file <scene>/tree/bin/serve is missing
      <time>  accepted  ann@example.com  retired

    Next
      it was decided; to take that back:
      leeway reopen <finding-1> --reason "…"
    "
  `);
});

it("prints the finding and its transitions as JSON", async () => {
  const id = scene.idOf("new.sh");
  const { stdout } = await scene.inside(["show", id, "--format", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    id,
    target: "here",
    kind: "host/file",
    drift: "unmanaged",
    transitions: [{ finding: id, transition: "opened", from: null, to: "open", by: null }],
  });
});

it("refuses an id that means several findings, and one that means none", async () => {
  const several = await scene.inside(["show", "f_"]);
  expect({ ...several, stderr: "" }).toEqual({ stdout: "", stderr: "", exitCode: 2 });
  for (const name of ["app.cfg", "bin/serve", "new.sh"])
    expect(several.stderr).toContain(`${scene.idOf(name)} (${scene.tree}/${name})`);
  expect(several.stderr).toMatch(
    /^error\[USAGE\]: Cannot tell which finding "f_" means: .*\n {2}hint: give more of its id\n$/,
  );
  expect(await scene.inside(["show", "f_zzz"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[NOT_FOUND]: Cannot find finding "f_zzz": no finding has an id that starts so
      hint: \`leeway findings\` lists them
    ",
      "stdout": "",
    }
  `);
});
