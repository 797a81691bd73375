import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startScene } from "./testing/run-leeway.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Throws in the program itself, once it has made itself ready for that. */
const THROWING = `process.on("newListener", (name) => {
  if (name === "uncaughtException") setTimeout(() => { throw new Error("planted"); });
});`;

describe("the program's output", () => {
  it("keeps its exit code when whoever reads the report goes away", async () => {
    await using scene = await startScene();
    scene.put("left-behind");
    await using run = scene.start(["scan"]);
    run.child.stdout?.destroy();
    expect(await run.outcome).toEqual({ stdout: "", stderr: "", exitCode: 1 });
  });

  it("is not done, with one line that says why, when the report cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(execPath, [MAIN, "completion", "bash"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "error[WRITE_REFUSED]: Cannot write to standard output: the disk is full\n",
    });
  });

  it("never lets a bug look like drift", () => {
    const preload = `--import=data:text/javascript,${encodeURIComponent(THROWING)}`;
    const { status, stderr } = spawnSync(execPath, [preload, MAIN, "kinds"], { env, encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^This is a bug in Leeway, .*\nError: planted\n {4}at /);
  });
});
