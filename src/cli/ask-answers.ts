import { isCancel, multiselect, text } from "@clack/prompts";
import { connectors } from "../connectors/registry.ts";
import { KnownError } from "../errors.ts";
import type { Answers } from "./commands/init.ts";

type Given = { readonly [Key in keyof Answers]: Answers[Key] | undefined };

/** Asks a person on the terminal for every answer that no flag gave. */
export async function askAnswers(given: Given, defaults: Answers): Promise<Answers> {
  const connector = given.connector ?? defaults.connector;
  const target = given.target ?? (await ask("Name of what to watch", defaults.target));
  const desired = given.desired ?? (await ask("Folder of its desired state", defaults.desired));
  const include = given.include ?? (await askKinds(connector, defaults.include));
  const schedule = given.schedule ?? (await ask("How often will it be scanned? (empty: not said)", ""));
  return { target, connector, desired, include, schedule: schedule === "" ? undefined : schedule };
}

async function ask(message: string, initialValue: string): Promise<string> {
  return kept(await text({ message, initialValue, defaultValue: initialValue }));
}

async function askKinds(connector: string, preset: readonly string[]): Promise<readonly string[]> {
  const kinds = [...(connectors.get(connector)?.kinds?.values() ?? [])];
  const entryOf = (kind: string) => preset.find((entry) => entry.startsWith(`${kind}:`)) ?? `${kind}:**`;
  return kept(
    await multiselect({
      message: "Which kinds should be looked for? What is there and not declared is reported as unmanaged.",
      options: kinds.map(({ kind, summary }) => ({ value: entryOf(kind), label: entryOf(kind), hint: summary })),
      initialValues: [...preset],
    }),
  );
}

function kept<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>; // A cancelled question is the only one answered by a symbol.
  throw new KnownError("INTERRUPTED", "Cannot write leeway.yaml: it was cancelled", { hint: "nothing was written" });
}
