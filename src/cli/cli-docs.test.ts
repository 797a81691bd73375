import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EXIT } from "./exit-code.ts";
import { type ProgramHelp, readProgramHelp } from "./testing/program-help.ts";
import { type Scene, startScene } from "./testing/run-leeway.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const sections = new Map(page.split(/^## /m).map((text) => [text.split("\n")[0] ?? "", text]));

let scene: Scene;
let help: ProgramHelp;
beforeAll(async () => {
  scene = await startScene({ captured: false });
  help = await readProgramHelp(scene);
});
afterAll(() => scene[Symbol.asyncDispose]());

/** The long names in the first column of the tables. */
const optionsOf = (section: string) =>
  section
    .split("\n")
    .filter((line) => line.startsWith("| `-"))
    .flatMap((line) => line.split(/(?<!\\)\|/)[1]?.match(/--[a-z-]+/g) ?? []);

it("describes every command that there is, in the order of the help, and no other", () => {
  const described = [...sections.keys()].filter((title) => title.startsWith("leeway "));
  expect(described).toEqual([...help.commands.keys()].map((name) => `leeway ${name}`));
});

it("lists every option of each command, and no other", () => {
  expect(optionsOf(sections.get("leeway") ?? "")).toEqual(help.options);
  for (const [name, options] of help.commands) {
    const own = options.filter((option) => option !== "--help");
    expect(optionsOf(sections.get(`leeway ${name}`) ?? ""), name).toEqual(own);
  }
});

it("says of each command what its help says, with the example and the arguments", () => {
  for (const [name, text] of help.texts) {
    const section = (sections.get(`leeway ${name}`) ?? "").replaceAll("\\|", "|");
    expect(section, name).toContain(`\n${text.split("\n")[2]}\n`);
    expect(section, name).toContain(/\nExample:\n {2}\$ (.*\n)/.exec(text)?.[1]);
    const args = Array.from((/\nArguments:\n((?: {2}.*\n)+)/.exec(text)?.[1] ?? "").matchAll(/^ {2}(\S+)/gm));
    for (const [, argument] of args) expect(section, name).toContain(`| \`${argument}\` |`);
  }
});

it("lists every exit code, and no other", () => {
  const listed = Array.from((sections.get("Exit codes") ?? "").matchAll(/^\| (\d+) \|/gm), ([, code]) => Number(code));
  expect(listed).toEqual(Object.values(EXIT));
});
