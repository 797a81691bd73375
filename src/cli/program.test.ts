import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT_HELP } from "./exit-code.ts";
import { type ProgramHelp, readProgramHelp } from "./testing/program-help.ts";
import { type Scene, startScene } from "./testing/run-leeway.ts";

let scene: Scene;
let help: ProgramHelp;
beforeAll(async () => {
  scene = await startScene({ captured: false });
  help = await readProgramHelp(scene);
});
afterAll(() => scene[Symbol.asyncDispose]());

describe("--help", () => {
  it("tells of every command that a session needs, and ends with the exit codes", async () => {
    const { stdout, stderr, exitCode } = await scene.leeway(["--help"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout.endsWith(`${EXIT_HELP}\n`)).toBe(true);
    expect([...help.commands.keys()]).toEqual(
      [
        "init",
        "capture",
        "scan",
        "findings",
        "show",
        "history",
        "coverage",
        "ack",
        "snooze",
        "accept",
        "reopen",
      ].concat(["ignore", "kinds", "permissions", "rules", "doctor", "audit", "completion"]),
    );
  });

  it("is printed by every command, with an example that uses what the command has, and ends with the exit codes", () => {
    for (const [name, text] of help.texts) {
      expect(text, name).toMatch(new RegExp(`^Usage: leeway ${name} `));
      expect(text.endsWith(`${EXIT_HELP}\n`), name).toBe(true);
      const example = /\nExample:\n {2}\$ leeway (\S+)(.*)\n/.exec(text);
      expect(example?.[1], name).toBe(name);
      const used = Array.from((example?.[2] ?? "").matchAll(/ (--[a-z-]+)/g), ([, option = ""]) => option);
      expect(help.commands.get(name), name).toEqual(expect.arrayContaining(used));
    }
  });

  it("has examples that parse: none fails for how it is written", async () => {
    for (const [name, text] of help.texts) {
      const line = /\nExample:\n {2}\$ leeway (.*)\n/.exec(text)?.[1] ?? "";
      const args = Array.from(line.replace(/ > .*/, "").matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), (part) =>
        part.slice(1).join(""),
      );
      // A folder without leeway.yaml: nothing but the line itself is looked at before that is missed.
      const { stderr } = await scene.inside(args, { cwd: `${scene.root}/home` });
      expect(stderr, name).not.toMatch(/USAGE|This is a bug/);
    }
  });
});

describe("wrong use", () => {
  it.each([
    { args: ["scn"], meant: "scan" },
    { args: ["findngs"], meant: "findings" },
    { args: ["scan", "--fromat", "json"], meant: "--format" },
    { args: ["ack", "f_x", "--reason", "x", "--untill", "30d"], meant: "--until" },
    { args: ["init", "--colour"], meant: undefined },
    { args: ["show"], meant: undefined },
    { args: ["show", "a", "b"], meant: undefined },
    { args: ["scan", "--format", "yaml"], meant: undefined },
    { args: ["scan", "--output"], meant: undefined },
  ])("of $args is told on standard error with what was meant, and exits 2", async ({ args, meant }) => {
    const { stdout, stderr, exitCode } = await scene.inside(args);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    const [first, hint, ...rest] = stderr.split("\n");
    expect(first).toMatch(/^error\[USAGE\]: Cannot run `leeway( [a-z]+)?`: .*[^.]$/);
    expect(hint).toMatch(meant === undefined ? /^ {2}hint: `leeway .*--help` tells/ : `  hint: did you mean ${meant}?`);
    expect(rest).toEqual([""]);
  });

  it("of the bare program prints the help on standard error, and exits 2", async () => {
    const { stdout, stderr, exitCode } = await scene.leeway([]);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toMatch(/^Usage: leeway /);
  });
});

it("prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await scene.leeway(["--version"])).toEqual({ stdout: `${version}\n`, stderr: "", exitCode: 0 });
  expect(await scene.leeway(["-V"])).toEqual({ stdout: `${version}\n`, stderr: "", exitCode: 0 });
});
