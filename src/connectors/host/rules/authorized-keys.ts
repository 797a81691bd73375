import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, missing, unmanaged } from "./rule-parts.ts";

const KEY = "host/authorized-key";
const KEYS = [KEY];
const FINGERPRINT = "SHA256:qUfBN3sB4xRTzGzG5g6fH3mIwT0YbWq3nGfYq9m1V2c";
const ID = `ada#${FINGERPRINT}`;
/** CEL: an option that takes something away from whoever has the key. */
const LIMITS = 'matches(r"(?i)^(restrict|from=|command=|no-|expiry-time=|permit|principals=|tunnel=|verify-required)")';

function options(before: readonly string[], after: readonly string[]): RuleExample {
  return changed(KEY, ID, { before: { options: before }, after: { options: after } });
}

/** Keys that open accounts over SSH. */
export const authorizedKeyRules: readonly Rule[] = [
  {
    id: "host/root-key-authorized",
    kinds: KEYS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: 'resource.id.startsWith("root#")',
    severity: "critical",
    type: "security",
    title: "A key that nobody declared opens the account of root: {id}",
    examples: { fires: [unmanaged(KEY, `root#${FINGERPRINT}`, { options: [] })], silent: [unmanaged(KEY, ID, {})] },
  },
  {
    id: "host/key-authorized",
    kinds: KEYS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "critical",
    type: "security",
    title: "A key that nobody declared opens an account: {id}",
    examples: { fires: [unmanaged(KEY, ID, { options: [] })], silent: [missing(KEY, ID, { options: [] })] },
  },
  {
    id: "host/authorized-key-removed",
    kinds: KEYS,
    drift: ["missing"],
    severity: "informational",
    type: "security",
    title: "A key no longer opens an account: {id}",
    examples: { fires: [missing(KEY, ID, { options: [] })], silent: [unmanaged(KEY, ID, { options: [] })] },
  },
  {
    id: "host/authorized-key-limit-removed",
    kinds: KEYS,
    paths: ["/options"],
    when: `change.removed.exists(option, option.${LIMITS})`,
    severity: "critical",
    type: "security",
    title: "An authorized key is no longer limited by {removed}: {id}",
    examples: {
      fires: [options(["restrict"], []), options(['from="10.0.0.1"'], ['from="0.0.0.0/0"']), options(["no-pty"], [])],
      silent: [options([], ["restrict"]), options(["pty"], [])],
    },
  },
  {
    id: "host/authorized-key-widened",
    kinds: KEYS,
    paths: ["/options"],
    when: `change.added.exists(option, !option.${LIMITS})`,
    severity: "warning",
    type: "security",
    title: "An authorized key may do more: {added} for {id}",
    examples: {
      fires: [options(["restrict"], ["restrict", "port-forwarding"]), options([], ["cert-authority"])],
      silent: [options([], ['command="/bin/true"']), options(["restrict", "pty"], ["restrict"])],
    },
  },
  {
    id: "host/authorized-key-limited",
    kinds: KEYS,
    paths: ["/options"],
    severity: "informational",
    type: "security",
    title: "An authorized key may do less: {id}",
    examples: {
      fires: [options([], ["restrict"]), options(["restrict", "pty"], ["restrict"])],
      silent: [options(["restrict"], [])],
    },
  },
  {
    id: "host/authorized-key-environment-changed",
    kinds: KEYS,
    paths: ["/environment/*"],
    severity: "warning",
    type: "security",
    title: "An authorized key sets another {path}: {id}",
    examples: {
      fires: [changed(KEY, ID, { before: { environment: { A: "b" } }, after: { environment: { LD_PRELOAD: "x" } } })],
      silent: [options([], ["restrict"])],
    },
  },
  {
    id: "host/authorized-key-moved",
    kinds: KEYS,
    paths: ["/comment", "/file"],
    severity: "informational",
    type: "functional",
    title: "The {path} of an authorized key is {after} instead of {before}: {id}",
    examples: {
      fires: [changed(KEY, ID, { before: { comment: "a" }, after: { comment: "b" } })],
      silent: [options([], ["restrict"])],
    },
  },
];
