import type { Json, JsonObject } from "../../../../model/json.ts";
import type { PathFact, UncheckedReason } from "../../../../model/observation.ts";
import type { Pointer } from "../../../../model/pointer.ts";
import type { Read } from "../../transport.ts";
import type { Evidence } from "../packages/installed/installed.ts";

/** Attributes as they are read, with what is known of some, such as that they could not be. */
export class Attributes {
  readonly #actual: { [name: string]: Json } = {};
  readonly #facts: PathFact[] = [];

  set(name: string, value: Json): void {
    this.#actual[name] = value;
  }

  setRead(name: string, read: Read<Json>): void {
    if (read.ok) this.set(name, read.value);
    else this.setUnread(name, read);
  }

  /** Sets nothing where there is nothing to know. */
  setKnown(name: string, value: Json | undefined): void {
    if (value !== undefined) this.set(name, value);
  }

  setUnread(name: string, read: Read<unknown>): void {
    if (!read.ok) this.note(unread(`/${name}`, read.reason, read.detail));
  }

  setEvidence(evidence: Evidence): void {
    if (evidence.ok) Object.assign(this.#actual, evidence.value);
    else this.setUnread("installed_by", evidence);
  }

  note(fact: PathFact): void {
    this.#facts.push(fact);
  }

  take(): { actual: JsonObject; facts?: readonly PathFact[] } {
    return { actual: this.#actual, ...(this.#facts.length === 0 ? {} : { facts: this.#facts }) };
  }
}

/** The resource itself is there: what is absent can only have gone meanwhile. */
function unread(path: Pointer, reason: UncheckedReason | "absent", detail: string): PathFact {
  return { path, fact: "unchecked", reason: reason === "absent" ? "vanished" : reason, detail };
}
