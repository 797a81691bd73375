import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../testing/requirements.ts";
import { type ProgramHelp, readProgramHelp } from "../testing/program-help.ts";
import { type Scene, startScene } from "../testing/run-leeway.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

let scene: Scene;
let help: ProgramHelp;
beforeAll(async () => {
  scene = await startScene({ captured: false });
  help = await readProgramHelp(scene);
  for (const shell of SHELLS) {
    const { stdout, stderr, exitCode } = await scene.inside(["completion", shell]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    writeFileSync(fileOf(shell), stdout);
  }
});
afterAll(() => scene[Symbol.asyncDispose]());

const fileOf = (shell: (typeof SHELLS)[number]) => join(scene.root, `completion.${shell}`);
const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, {
    cwd: scene.repo,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: scene.root },
  });

/** What bash offers for the last of these words. */
function bashOffers(...words: readonly string[]): readonly string[] {
  const typed = words.map((word) => `'${word}'`).join(" ");
  const script = `source '${fileOf("bash")}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _leeway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run("bash", "-c", script).trimEnd().split("\n");
}

it("completes every command and every option in bash", () => {
  const commands = [...help.commands.keys()];
  expect(bashOffers("leeway", "")).toEqual(expect.arrayContaining([...commands, ...help.options]));
  for (const [command, options] of help.commands) {
    expect(bashOffers("leeway", command, "--"), command).toEqual(expect.arrayContaining([...options]));
  }
});

it("completes the values of options and arguments in bash, and files where a file is meant", () => {
  expect(bashOffers("leeway", "scan", "--format", "j")).toEqual(["json", "junit"]);
  expect(bashOffers("leeway", "scan", "--fail-on", "")).toEqual(["critical", "warning", "informational", "never"]);
  expect(bashOffers("leeway", "rules", "t")).toEqual(["test"]);
  expect(bashOffers("leeway", "sc")).toEqual(["scan"]);
  expect(bashOffers("leeway", "scan", "--config", "leew")).toEqual(["leeway.yaml"]);
  expect(bashOffers("leeway", "ack", "--reason", "")).toEqual([""]);
});

describeWith("shells", "completion", () => {
  it("completes in fish", () => {
    const offers = (line: string) =>
      run("fish", "--no-config", "-c", `source '${fileOf("fish")}'; complete -C '${line}'`)
        .trimEnd()
        .split("\n")
        .map((offer) => offer.split("\t")[0]);
    expect(offers("leeway ")).toEqual(expect.arrayContaining([...help.commands.keys()]));
    expect(offers("leeway scan --format j")).toEqual(["json", "junit"]);
    for (const [command, options] of help.commands)
      expect(offers(`leeway ${command} --`), command).toEqual(expect.arrayContaining([...options]));
  });

  it("is a script that zsh takes, with every command and option", () => {
    run("zsh", "-n", fileOf("zsh"));
    const loaded = `autoload -Uz compinit && compinit -u -d '${scene.root}/dump' && source '${fileOf("zsh")}'`;
    expect(run("zsh", "-f", "-c", `${loaded} && print $_comps[leeway] && functions _leeway`)).toMatch(/^_leeway\n/);
    const text = run("cat", fileOf("zsh"));
    for (const [command, options] of help.commands) {
      const line = text.split("\n").find((one) => one.startsWith(`    ${command}) _arguments`)) ?? "";
      for (const option of options) expect(line, command).toContain(`'${option}[`);
    }
  });
});

it("refuses another shell", async () => {
  expect(await scene.inside(["completion", "tcsh"])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "stderr": "error[USAGE]: Cannot write a completion script for "tcsh"
      hint: use one of: bash, zsh, fish
    ",
      "stdout": "",
    }
  `);
});
