import { connectors } from "../../connectors/registry.ts";
import { KnownError } from "../../errors.ts";
import type { AttributeFacts, KindFacts, Semantics } from "../../model/facts.ts";
import { compileGlob } from "../../model/glob.ts";
import { nearest } from "../../model/nearest.ts";
import { jsonText } from "../../report/json.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { table } from "../human-options.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

export async function kinds(shell: Shell, [pattern]: readonly string[], options: Options): Promise<ExitCode> {
  const all = [...connectors.values()].flatMap((connector) => [...(connector.kinds?.values() ?? [])]);
  const matches = compileGlob(pattern ?? "**");
  const found = all.filter(({ kind }) => matches(kind));
  if (found.length === 0) throw unknownKind(pattern ?? "", all);
  if (textOption(options, "format") === "json") await shell.out(jsonText(found));
  else await shell.out(found.map(kindText).join("\n"));
  return EXIT.inSync;
}

function unknownKind(pattern: string, all: readonly KindFacts[]): KnownError {
  const near = nearest(
    pattern,
    all.map(({ kind }) => kind),
  );
  return new KnownError("NOT_FOUND", `Cannot find kind "${pattern}": no connector knows it`, {
    hint: near === undefined ? "`leeway kinds` lists them all" : `did you mean "${near}"?`,
  });
}

function kindText({ kind, summary, id, attributes, open, read }: KindFacts): string {
  const rows = attributes.map((attribute) => [
    `  ${attribute.path}`,
    attribute.type,
    knowledge(attribute),
    attribute.description,
  ]);
  const more = open === true ? "  and further attributes, as the system names them\n" : "";
  return `${kind}  ${summary}\n  id: ${id.description} (${id.example})\n  read: ${read}\n${table(rows)}${more}`;
}

function knowledge({ semantics, roles = [], default: defaultValue }: AttributeFacts): string {
  const words = [
    ...(semantics === undefined ? [] : [semanticsWord(semantics)]),
    ...roles,
    ...(defaultValue === undefined ? [] : [`default ${String(defaultValue)}`]),
  ];
  return words.length === 0 ? "-" : words.join(", ");
}

function semanticsWord(semantics: Semantics): string {
  return typeof semantics === "string" ? semantics : `keyed(${semantics.keyed.join(", ")})`;
}
