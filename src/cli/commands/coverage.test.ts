import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { configOf, type Scene, startScene } from "../testing/run-leeway.ts";

/** A second target that is never scanned and has no scope. */
const OTHER = `  other:
    connector: host
    desired: elsewhere
`;

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({
    config: (made) => configOf(made, { target: "    schedule: 1s\n", rest: OTHER }),
  });
});
afterAll(() => scene[Symbol.asyncDispose]());

it("calls a target stale that was in sync longer ago than twice its schedule", async () => {
  expect(await scene.inside(["scan", "here"])).toMatchObject({ exitCode: 0, stderr: "" });
  const { stdout } = await scene.inside(["coverage", "here", "--format", "json"], { aheadMs: 2050 });
  expect(JSON.parse(stdout)).toMatchObject([{ target: "here", verdict: "stale", unchecked: [] }]);
});

it("tells what is unchecked and why, what is not looked for, and what was never scanned", async () => {
  symlinkSync("loop", join(scene.tree, "loop"));
  scene.write("desired/odd.yaml", `kind: host/file\nid: ${scene.tree}/loop/inside\nattributes: { mode: "0644" }\n`);
  scene.commit();
  expect((await scene.inside(["scan", "here"])).exitCode).toBe(1);
  const { stdout, stderr, exitCode } = await scene.inside(["coverage"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(scene.normalise(stdout).replace(/scanned .*/, "scanned <ago>")).toMatchInlineSnapshot(`
    "here  drifted, scanned <ago>
      7 declared · 6 checked · 1 unchecked · 1 unmanaged · 0 folded · 0 known gaps
      Not looked for: unmanaged resources of
        host/package
        host/apt-source
        host/user
        host/group
        host/sudo-rule
        host/pam-rule
        host/sysctl
        host/kernel-module
        host/mount
        host/service
        host/timer
        host/environment
        host/process-limit
        host/port
        host/firewall-rule
        host/host-entry
        host/resolver
        host/timezone
        host/container
        host/cron-job
        host/sshd
        host/ssh-identity
        host/authorized-key
        host/latent-drift
        host/certificate
      Unchecked
        host/file <scene>/tree/loop/inside at local: failed: Cannot read "<scene>/tree/loop/inside": too many links
      Never compared
        host/file /diff: evidence
        host/file /installed_by: evidence
        host/file /altered_from: evidence
        host/directory /installed_by: evidence
        host/apt-source /file: evidence
        host/user /last_change: evidence
        host/pam-rule /file: evidence
        host/kernel-module /files: evidence
        host/process-limit /file: evidence

    other  never scanned
      Not looked for: unmanaged resources of
        host/file
        host/directory
        host/package
        host/apt-source
        host/user
        host/group
        host/sudo-rule
        host/pam-rule
        host/sysctl
        host/kernel-module
        host/mount
        host/service
        host/timer
        host/environment
        host/process-limit
        host/port
        host/firewall-rule
        host/host-entry
        host/resolver
        host/timezone
        host/container
        host/cron-job
        host/sshd
        host/ssh-identity
        host/authorized-key
        host/latent-drift
        host/certificate
      Never compared
        host/file /diff: evidence
        host/file /installed_by: evidence
        host/file /altered_from: evidence
        host/directory /installed_by: evidence
        host/apt-source /file: evidence
        host/user /last_change: evidence
        host/pam-rule /file: evidence
        host/kernel-module /files: evidence
        host/process-limit /file: evidence
    "
  `);
});

it("refuses a target that does not exist", async () => {
  expect(await scene.inside(["coverage", "ther"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot find target "ther": leeway.yaml has no target of that name
      hint: use one of: here, other
    ",
      "stdout": "",
    }
  `);
});
