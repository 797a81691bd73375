import type { PathFact } from "../../../model/observation.ts";
import type { Pointer } from "../../../model/pointer.ts";

/** A name that things are called by that must not be known. */
export const SECRET_NAME =
  /pass|pwd|secret|token|credential|cookie|bearer|salt|dsn|psk|api[-_. ]?key|(?:access|account|auth|client|encryption|host|license|master|private|session|shared|signing|ssh|storage)[-_. ]?key|connection[-_. ]?string|authorization/i;
/** `user:password@host`, with or without a scheme. */
const PASSWORD_IN_ADDRESS = /[^\s:/@]*:[^\s@]+@[^\s@]/;
/** Such a name with a value behind it, as in a command line or an assignment. */
const NAMED_SECRET = new RegExp(`(?:${SECRET_NAME.source})[\\w.-]*["']?\\s*(?:[=:]|\\s)\\s*\\S`, "i");
const KEY_BLOCK = /-----BEGIN [A-Z ]*PRIVATE KEY/;

/** Whether a text holds a secret by its own looks, whatever it is called. */
export function holdsSecret(text: string): boolean {
  return PASSWORD_IN_ADDRESS.test(text) || KEY_BLOCK.test(text);
}

/** Whether a text may hold a secret: by its looks, or because it gives a value to what is named like one. */
export function mayHoldSecret(text: string): boolean {
  return holdsSecret(text) || NAMED_SECRET.test(text);
}

/** Marks an attribute that shows command lines as sensitive where one of them may hold a password: all users of a host can see it there. */
export function commandFacts(path: Pointer, lines: readonly string[]): readonly PathFact[] {
  return lines.some(mayHoldSecret) ? [{ path, fact: "sensitive" }] : [];
}
