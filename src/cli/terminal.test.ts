import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../testing/requirements.ts";
import { type DriftedScene, startDriftedScene } from "./testing/drifted-scene.ts";
import { runOnTerminal } from "./testing/on-terminal.ts";

const PAINT = "\u001b[3";
const TAKEN_BACK = "\r\u001b[K";

let scene: DriftedScene;
beforeAll(async () => {
  scene = await startDriftedScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

describeWith("terminal", "on a terminal", () => {
  it("paints the report, draws progress and takes it back", async () => {
    const { screen, exitCode } = await runOnTerminal(scene, { line: "leeway scan" });
    expect(exitCode).toBe(1);
    expect(screen).toContain(PAINT);
    expect(screen).toContain(`${TAKEN_BACK}Scanning here: `);
    // The report begins on the line that progress gave back.
    expect(screen.slice(screen.lastIndexOf(TAKEN_BACK) + TAKEN_BACK.length)).toMatch(/^.\[1mhere/u);
  });

  it("draws progress on standard error alone, and paints no report that goes to a file", async () => {
    const { screen } = await runOnTerminal(scene, { line: "leeway scan >report" });
    expect(screen).toContain("Scanning here: ");
    const report = readFileSync(join(scene.repo, "report"), "utf8");
    expect(report).not.toContain("\u001b");
    expect(report).toMatch(/^here {2}drifted/);
  });

  it("paints and does not draw where standard error is no terminal", async () => {
    const { screen } = await runOnTerminal(scene, { line: "leeway scan 2>messages" });
    expect(screen).toContain(PAINT);
    expect(screen).not.toContain("Scanning");
    expect(readFileSync(join(scene.repo, "messages"), "utf8")).not.toContain("\u001b");
  });

  it.each([
    { title: "NO_COLOR", line: "leeway scan 2>messages", env: { NO_COLOR: "1" } },
    { title: "--no-color", line: "leeway --no-color scan 2>messages", env: {} },
    { title: "--no-color after the command", line: "leeway scan --no-color 2>messages", env: {} },
    { title: "a dumb terminal", line: "leeway scan", env: { TERM: "dumb" } },
  ])("paints nothing with $title", async ({ line, env }) => {
    const { screen, exitCode } = await runOnTerminal(scene, { line, env });
    expect(exitCode).toBe(1);
    expect(screen).not.toContain("\u001b");
  });

  it("cuts values to the width of the terminal", async () => {
    const { screen } = await runOnTerminal(scene, { line: `stty cols 70; leeway show ${scene.idOf("app.cfg")}` });
    expect(screen).toMatch(/− .*…/);
  });
});

it("neither paints nor draws in pipes", async () => {
  const { stdout, stderr } = await scene.leeway(["scan"]);
  expect(stdout).not.toContain("\u001b");
  expect(stderr).toBe("");
});
