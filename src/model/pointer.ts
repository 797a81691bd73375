/** An RFC 6901 JSON pointer: `""` is the whole document, `/a/b` a member. An element of a keyed list is the step `key=value`. */
export type Pointer = string;

export function formatPointer(steps: readonly string[]): Pointer {
  return steps.map(formatStep).join("");
}

/** One step with its slash, escaped as RFC 6901 says. */
export function formatStep(step: string): Pointer {
  return `/${step.includes("~") || step.includes("/") ? step.replaceAll("~", "~0").replaceAll("/", "~1") : step}`;
}

/** @throws RangeError when the text is neither empty nor starts with a slash */
export function parsePointer(pointer: Pointer): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/"))
    throw new RangeError(`Cannot parse pointer "${pointer}": it must be empty or start with "/"`);
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether `pointer` is `ancestor` or lies below it. */
export function isWithin(pointer: Pointer, ancestor: Pointer): boolean {
  return pointer === ancestor || (pointer.startsWith(ancestor) && pointer[ancestor.length] === "/");
}
