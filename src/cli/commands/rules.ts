import { loadRules } from "../../classify/rule-set.ts";
import { type RuleExamplesResult, runExamples } from "../../classify/run-examples.ts";
import { connectors } from "../../connectors/registry.ts";
import { exampleComparer } from "../../engine/compare-example.ts";
import { RULE_FUNCTIONS, rulesFor } from "../../engine/rules.ts";
import { selectTargets, type Workspace } from "../../engine/workspace.ts";
import { KnownError } from "../../errors.ts";
import type { KindFacts } from "../../model/facts.ts";
import type { Rule } from "../../model/rule.ts";
import { jsonText } from "../../report/json.ts";
import { formatPlural, visible } from "../../report/visible.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { table } from "../human-options.ts";
import { openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function rules(shell: Shell, [verb = ""]: readonly string[], options: Options): Promise<ExitCode> {
  if (verb !== "test" && verb !== "list") {
    throw new KnownError("USAGE", `Cannot "${verb}" rules: it is neither test nor list`, {
      hint: "leeway rules test, or leeway rules list",
    });
  }
  const workspace = await openWorkspace(shell, options);
  for (const named of selectTargets(workspace, [])) rulesFor(workspace, named);
  return verb === "test" ? await testRules(shell, workspace, options) : await listRules(shell, workspace, options);
}

async function listRules(shell: Shell, workspace: Workspace, options: Options): Promise<ExitCode> {
  const all = packs(workspace).flatMap(({ rules: pack }) => [...pack]);
  if (textOption(options, "format") === "json") await shell.out(jsonText(all));
  else
    await shell.out(
      table([
        ["ID", "SEVERITY", "TYPE", "TITLE"],
        ...all.map(({ id, severity, type, title }) => [id, severity, type, title]),
      ]),
    );
  return EXIT.inSync;
}

interface Pack {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly examplesRequired: boolean;
}

/** A person's own rules come first in a scan and would shadow others, so each pack is judged alone. */
function packs(workspace: Workspace): readonly Pack[] {
  const used = new Set(selectTargets(workspace, []).map(({ connector }) => connector));
  return [
    { name: workspace.loaded.file, rules: workspace.loaded.config.rules, examplesRequired: false },
    ...[...used].map(({ name, rules: pack = [] }) => ({
      name: `built in: ${name}`,
      rules: pack,
      examplesRequired: true,
    })),
  ];
}

async function testRules(shell: Shell, workspace: Workspace, options: Options): Promise<ExitCode> {
  const kinds = [...connectors.values()].flatMap((connector): KindFacts[] => [...(connector.kinds?.values() ?? [])]);
  const compare = exampleComparer(new Map(kinds.map((facts) => [facts.kind, facts])));
  const results = packs(workspace).map(({ name, rules: pack, examplesRequired }) => ({
    name,
    results: runExamples(loadRules(pack, kinds, { functions: RULE_FUNCTIONS }), { compare, examplesRequired }),
  }));
  if (textOption(options, "format") === "json") await shell.out(jsonText(results));
  else for (const pack of results) await shell.out(packText(pack.name, pack.results));
  const hasFailed = results.some((pack) => pack.results.some(({ passed }) => !passed));
  return hasFailed ? EXIT.error : EXIT.inSync;
}

function packText(name: string, results: readonly RuleExamplesResult[]): string {
  const failed = results.filter(({ passed }) => !passed);
  const examples = results.reduce((sum, result) => sum + result.examples.length, 0);
  const verdict = failed.length === 0 ? "all hold" : `${failed.length} failed`;
  const head = `${name}: ${formatPlural(results.length, "rule")}, ${formatPlural(examples, "example")}, ${verdict}\n`;
  return head + failed.map(failureText).join("");
}

function failureText({ rule, missing, examples }: RuleExamplesResult): string {
  const lines = examples
    .filter(({ passed }) => !passed)
    .map(({ expected, example, matched, failures }) => {
      const instead =
        matched
          .map(({ path, rule: by }) => `${path || "presence"} was decided by ${by ?? "the defaults"}`)
          .join("; ") || "nothing drifted";
      const why = failures.map(({ message }) => `; ${message}`).join("");
      const must = expected === "fires" ? "must fire" : "must be silent";
      return `    ${must} on ${example.kind} ${visible(example.id)}: ${instead}${why}\n`;
    });
  return `  ${rule}\n${missing.map((one) => `    ${one}\n`).join("")}${lines.join("")}`;
}
