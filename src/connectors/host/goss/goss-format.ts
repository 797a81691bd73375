import { problem, SourceText, sortProblems } from "../../../config/source-text.ts";
import { readYaml, type YamlDocument } from "../../../config/yaml-source.ts";
import type { DesiredFile, DesiredFormat } from "../../../connector.ts";
import { KnownError, type Problem } from "../../../errors.ts";
import type { Declared } from "../../../model/declared.ts";
import { getOwn, isJsonObject, type JsonObject } from "../../../model/json.ts";
import { nearest } from "../../../model/nearest.ts";
import { readResource } from "./read-resource.ts";
import { REFUSED_TYPES, RESOURCE_TYPES } from "./resource-types.ts";
import { below, refuse, type Spot } from "./spot.ts";

/**
 * goss files (github.com/goss-org/goss, docs/gossfile.md), YAML or JSON: `file`, `package`, `service`, `user`, `group`, `port`,
 * `kernel-param` and `mount` with their matchers. What Leeway cannot check just as goss does is refused with the reason, never skipped.
 */
export const gossFormat: DesiredFormat = {
  files: /(?:^|[/._-])goss[^/]*\.(?:ya?ml|json)$/i,
  read(file) {
    const problems: Problem[] = [];
    const declared = readFile(file, problems);
    if (problems.length > 0)
      throw new KnownError("DESIRED_INVALID", `Cannot read goss file "${file.file}"`, {
        problems: sortProblems(problems),
      });
    return declared;
  },
};

function readFile({ file, text }: DesiredFile, problems: Problem[]): readonly Declared[] {
  const template = templateProblem(file, text);
  if (template !== undefined) {
    problems.push(template);
    return [];
  }
  const yaml = readYaml(text, { file });
  problems.push(...yaml.problems);
  const [document, ...more] = yaml.documents();
  const [second] = more;
  if (second !== undefined)
    problems.push(
      second.problemAt([], {
        message: "goss reads only the first document of a file",
        hint: "Move this one to a file of its own",
      }),
    );
  if (document === undefined) {
    if (yaml.problems.length === 0)
      problems.push({
        file,
        message: `Cannot read "${file}": it is empty`,
        hint: "Declare a resource in it, or remove it",
      });
    return [];
  }
  problems.push(...document.problems);
  return document.problems.length > 0 ? [] : readTypes(file, document, problems);
}

/** goss fills in `{{ … }}` wherever it stands, in comments too, before anything of the file is read. */
function templateProblem(file: string, text: string): Problem | undefined {
  const offset = text.indexOf("{{");
  if (offset === -1) return undefined;
  const source = new SourceText(text);
  const position = source.positionAt(offset);
  const excerpt = source.excerptAt(position);
  return problem(file, position, {
    message: "Templates are not filled in: what they declare would depend on where goss runs",
    hint: "Write the file without templates: goss render",
    ...(excerpt === undefined ? {} : { excerpt }),
  });
}

function readTypes(file: string, document: YamlDocument, problems: Problem[]): readonly Declared[] {
  const goss = document.value;
  const root: Spot = { document, problems, path: [] };
  if (!isJsonObject(goss)) {
    refuse(
      root,
      "A goss file must be a map of resource types",
      "Write a type and its resources: file: { /etc/hosts: { exists: true } }",
    );
    return [];
  }
  return Object.keys(goss).flatMap((type) => readType(type, goss, { ...root, file }));
}

function readType(name: string, goss: JsonObject, root: Spot & { readonly file: string }): readonly Declared[] {
  const spot = { ...root, goss, path: [name] };
  const resources = goss[name];
  const type = RESOURCE_TYPES.get(name);
  if (name === "gossfile" && isJsonObject(resources)) return readIncludes(resources, spot);
  if (type === undefined) {
    refuseType(name, spot);
    return [];
  }
  if (resources === null) return [];
  if (!isJsonObject(resources)) {
    refuse(spot, `"${name}" must be a map of resources`);
    return [];
  }
  return Object.keys(resources).flatMap((heading) => readResource(type, heading, { ...spot, path: [name, heading] }));
}

/** An include that is skipped is the same to goss as none. */
function readIncludes(includes: JsonObject, spot: Spot): readonly [] {
  for (const [heading, body] of Object.entries(includes)) {
    if (isJsonObject(body) && getOwn(body, "skip") === true) continue;
    refuse(
      below(spot, heading),
      `Cannot check resources of type "gossfile": ${REFUSED_TYPES.get("gossfile")}`,
      "Every goss file under the desired path is read: remove this line, and let the other file stand beside this one",
      "key",
    );
  }
  return [];
}

function refuseType(name: string, spot: Spot): void {
  const reason = REFUSED_TYPES.get(name);
  if (reason !== undefined) {
    refuse(
      spot,
      `Cannot check resources of type "${name}": ${reason}`,
      "Remove them here, and keep checking them with goss",
      "key",
    );
    return;
  }
  const near = nearest(name, [...RESOURCE_TYPES.keys(), ...REFUSED_TYPES.keys()]);
  refuse(
    spot,
    `Unknown resource type "${name}"`,
    near === undefined ? `Known are: ${[...RESOURCE_TYPES.keys()].join(", ")}` : `Did you mean "${near}"?`,
    "key",
  );
}
