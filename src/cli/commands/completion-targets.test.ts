import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWith } from "../../testing/requirements.ts";
import { configOf, type Scene, startScene } from "../testing/run-leeway.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({
    captured: false,
    config: (made) => configOf(made, { rest: "  there: { connector: host, desired: elsewhere }\n" }),
  });
  mkdirSync(join(scene.root, "bin"));
  writeFileSync(join(scene.root, "bin/leeway"), `#!/bin/sh\nexec '${execPath}' '${MAIN}' "$@"\n`);
  chmodSync(join(scene.root, "bin/leeway"), 0o755);
});
afterAll(() => scene[Symbol.asyncDispose]());

async function offers(shell: string, script: (file: string) => string, cwd = scene.repo): Promise<readonly string[]> {
  const file = join(scene.root, `completion.${shell}`);
  writeFileSync(file, (await scene.inside(["completion", shell])).stdout);
  const path = `${join(scene.root, "bin")}:${env["PATH"]}`;
  const output = execFileSync(shell, ["-c", script(file)], {
    cwd,
    encoding: "utf8",
    env: { PATH: path, HOME: scene.root },
  });
  return output
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "");
}

const inBash =
  (...words: readonly string[]) =>
  (file: string) =>
    `source '${file}'; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _leeway; printf '%s\\n' "\${COMPREPLY[@]}"`;

describe("completion of targets", () => {
  it("offers the names that the configuration has, in bash", async () => {
    expect(await offers("bash", inBash("leeway", "capture", "t"))).toEqual(["there"]);
    expect(await offers("bash", inBash("leeway", "scan", "here", ""))).toEqual(
      expect.arrayContaining(["here", "there", "--format"]),
    );
    expect(await offers("bash", inBash("leeway", "findings", "--target", ""))).toEqual(["here", "there"]);
    expect(await offers("bash", inBash("leeway", "init", "--target", ""))).toEqual([""]);
  });

  it("offers nothing, and says nothing, where there is no configuration", async () => {
    expect(await offers("bash", inBash("leeway", "findings", "--target", ""), scene.root)).toEqual([""]);
  });
});

describeWith("shells", "completion of targets in other shells", () => {
  it("offers the names that the configuration has, in zsh", async () => {
    const load = (file: string) => `autoload -Uz compinit && compinit -u -d '${scene.root}/dump' && source '${file}'`;
    const script = (file: string) => `${load(file)}; compadd() { print -l -- "$@" }; _leeway_targets`;
    expect(await offers("zsh", script)).toEqual(["--", "here", "there"]);
  });

  it("offers the names that the configuration has, in fish", async () => {
    const script = (line: string) => (file: string) => `source '${file}'; complete -C '${line}'`;
    expect(await offers("fish", script("leeway coverage "))).toEqual(expect.arrayContaining(["here", "there"]));
    expect(await offers("fish", script("leeway findings --target "))).toEqual(["here", "there"]);
  });
});
