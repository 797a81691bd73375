import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import type { Pointer } from "../model/pointer.ts";

/** Whether a change of a resource of that kind can have a path that the pattern matches. */
export function canMatchPath(pattern: Pointer, facts: KindFacts): boolean {
  if (pattern === "" || pattern.startsWith("**")) return true;
  if (!pattern.startsWith("/")) return false;
  if (facts.open === true) return true;
  const steps = pattern.split("/").slice(1);
  return facts.attributes.some((attribute) => canMatchAttribute(steps, attribute));
}

/** `**` crosses steps, so what follows it can match anything below; an attribute that holds others has paths below its own. */
function canMatchAttribute(steps: readonly string[], attribute: AttributeFacts): boolean {
  const known = attribute.path.split("/").slice(1);
  for (const [index, step] of steps.entries()) {
    if (step.includes("**")) return true;
    const knownStep = known[index];
    if (knownStep === undefined) return holdsOthers(attribute);
    if (knownStep !== "*" && !compileGlob(step)(knownStep)) return false;
  }
  return true;
}

function holdsOthers({ type, semantics }: AttributeFacts): boolean {
  return type === "list" || type === "object" || type === "any" || semantics === "json" || semantics === "iam-policy";
}
