import { isCancel, multiselect, text } from "@clack/prompts";
import { TARGET_NAME } from "../config/config-schema.ts";
import { connectors } from "../connectors/registry.ts";
import { KnownError } from "../errors.ts";
import { parseDuration } from "../model/time.ts";
import type { Answers } from "./commands/init.ts";
import type { Shell } from "./shell.ts";

type Given = { readonly [Key in keyof Answers]: Answers[Key] | undefined };

/**
 * Asks a person on the terminal for every answer that no flag gave; what cannot be taken is asked again.
 * @throws KnownError `INTERRUPTED` when the person breaks it off
 */
export async function askAnswers(shell: Shell, given: Given, defaults: Answers): Promise<Answers> {
  const ask = (message: string, preset: string, validate: Validate = () => undefined) =>
    askText(shell, { message, preset, validate });
  const connector = given.connector ?? defaults.connector;
  const target = given.target ?? (await ask("Name of what to watch", defaults.target, nameProblem));
  const desired = given.desired ?? (await ask("Folder of its desired state", defaults.desired));
  const include = given.include ?? (await askKinds(shell, connector, defaults.include));
  const schedule =
    given.schedule ?? (await ask("How often will it be scanned? (such as 60m; empty: not said)", "", scheduleProblem));
  return { target, connector, desired, include, schedule: schedule === "" ? undefined : schedule };
}

/** Why an answer cannot be taken, in words. */
type Validate = (answer: string | undefined) => string | undefined;

const nameProblem: Validate = (answer = "") => (TARGET_NAME.test(answer) ? undefined : "Use letters, digits, - and _");
const scheduleProblem: Validate = (answer = "") =>
  answer === "" || parseDuration(answer) !== undefined ? undefined : "Write a duration, such as 60m";

async function askText(
  shell: Shell,
  question: { readonly message: string; readonly preset: string; readonly validate: Validate },
): Promise<string> {
  const { message, preset, validate } = question;
  return kept(await text({ ...shell.terminal, message, initialValue: preset, defaultValue: preset, validate }));
}

async function askKinds(shell: Shell, connector: string, preset: readonly string[]): Promise<readonly string[]> {
  const kinds = [...(connectors.get(connector)?.kinds?.values() ?? [])];
  const entryOf = (kind: string) => preset.find((entry) => entry.startsWith(`${kind}:`)) ?? `${kind}:**`;
  return kept(
    await multiselect({
      ...shell.terminal,
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
