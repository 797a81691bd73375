import type { Json } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idIn, list, unmanaged } from "./rule-parts.ts";

const USER = "host/user";
const USERS = [USER];
const WEAK = ["des", "bsdicrypt", "md5", "sunmd5", "sha1", "nt"];
const STRONG = ["yescrypt", "gost-yescrypt", "scrypt", "bcrypt"];
const UNUSABLE = ["locked", "none"];

function attribute(name: string, before: Json, after: Json, more: { id?: string; uid?: number } = {}): RuleExample {
  const { id = "ada", uid = 1000 } = more;
  return changed(USER, id, { before: { uid, [name]: before }, after: { [name]: after } });
}

const passwords: readonly Rule[] = [
  {
    id: "host/password-empty",
    kinds: USERS,
    paths: ["", "/password"],
    drift: ["unmanaged", "changed"],
    when: 'resource.actual.password == "empty"',
    severity: "critical",
    type: "security",
    title: "User {id} has an empty password: anybody gets in without one",
    controls: cis("7.2.2"),
    examples: {
      fires: [attribute("password", "set", "empty"), unmanaged(USER, "eve", { uid: 1001, password: "empty" })],
      silent: [attribute("password", "empty", "set"), unmanaged(USER, "eve", { uid: 1001, password: "set" })],
    },
  },
  {
    id: "host/system-account-password-set",
    kinds: USERS,
    paths: ["/password"],
    when: `change.after == "set" && resource.actual.uid < 1000 && !(${idIn(["root"])})`,
    severity: "critical",
    type: "security",
    title: "System account {id} can now log in with a password",
    controls: cis("5.4.2.8"),
    examples: {
      fires: [attribute("password", "none", "set", { id: "www-data", uid: 33 })],
      silent: [attribute("password", "none", "set"), attribute("password", "set", "none", { id: "www-data", uid: 33 })],
    },
  },
  {
    id: "host/password-unlocked",
    kinds: USERS,
    paths: ["/password"],
    when: `change.after == "set" && change.before in ${list(UNUSABLE)}`,
    severity: "warning",
    type: "security",
    title: "User {id} can now log in with a password: it was {before}",
    examples: {
      fires: [attribute("password", "locked", "set"), attribute("password", "none", "set")],
      silent: [attribute("password", "set", "locked"), attribute("password", "empty", "set")],
    },
  },
  {
    id: "host/password-closed",
    kinds: USERS,
    paths: ["/password"],
    severity: "informational",
    type: "security",
    title: "The password of user {id} is {after} instead of {before}",
    examples: {
      fires: [attribute("password", "set", "locked"), attribute("password", "empty", "set")],
      silent: [attribute("password", "locked", "set")],
    },
  },
  {
    id: "host/password-hash-weak",
    kinds: USERS,
    paths: ["/password_algorithm"],
    when: `change.after in ${list(WEAK)} && !(change.before in ${list(WEAK)})`,
    severity: "critical",
    type: "security",
    title: "The password of user {id} is hashed with {after}, which is soon guessed, instead of {before}",
    controls: cis("5.4.1.4"),
    examples: {
      fires: [attribute("password_algorithm", "yescrypt", "md5"), attribute("password_algorithm", null, "des")],
      silent: [
        attribute("password_algorithm", "md5", "yescrypt"),
        attribute("password_algorithm", "yescrypt", "sha512"),
      ],
    },
  },
  {
    id: "host/password-hash-weakened",
    kinds: USERS,
    paths: ["/password_algorithm"],
    when: `change.before in ${list(STRONG)} && change.after != null && !(change.after in ${list(STRONG)})`,
    severity: "warning",
    type: "security",
    title: "The password of user {id} is hashed with {after}, weaker than {before}",
    controls: cis("5.4.1.4"),
    examples: {
      fires: [attribute("password_algorithm", "yescrypt", "sha512")],
      silent: [attribute("password_algorithm", "sha512", "yescrypt")],
    },
  },
  {
    id: "host/password-hash-changed",
    kinds: USERS,
    paths: ["/password_algorithm"],
    severity: "informational",
    type: "security",
    title: "The password of user {id} is hashed with {after} instead of {before}",
    examples: {
      fires: [attribute("password_algorithm", "sha512", "yescrypt")],
      silent: [attribute("password_algorithm", "yescrypt", "sha512")],
    },
  },
  {
    id: "host/root-password-changed",
    kinds: USERS,
    paths: ["/password_digest"],
    when: "resource.actual.uid == 0",
    severity: "critical",
    type: "security",
    title: "The password of {id}, who has the rights of root, was changed",
    examples: {
      fires: [attribute("password_digest", "a", "b", { id: "root", uid: 0 })],
      silent: [attribute("password_digest", "a", "b")],
    },
  },
  {
    id: "host/password-changed",
    kinds: USERS,
    paths: ["/password_digest"],
    severity: "warning",
    type: "security",
    title: "The password of user {id} was changed",
    examples: {
      fires: [attribute("password_digest", "a", "b")],
      silent: [attribute("password_digest", "a", "b", { id: "root", uid: 0 })],
    },
  },
];

interface AgeingRule {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly control: string;
  /** Days that are safer, and days that are not; null where none are set. */
  readonly strict: number;
  readonly loose: readonly (number | null)[];
  readonly isUpperLimit: boolean;
}

/** A limit in days that became looser. */
function loosened({ id, name, title, control, strict, loose, isUpperLimit }: AgeingRule): Rule {
  const order = isUpperLimit ? ">" : "<";
  return {
    id,
    kinds: USERS,
    paths: [`/${name}`],
    when: `change.after == null || (change.before != null && change.after ${order} change.before)`,
    severity: "warning",
    type: "security",
    title,
    controls: cis(control),
    examples: {
      fires: loose.map((days) => attribute(name, strict, days)),
      silent: loose.map((days) => attribute(name, days, strict)),
    },
  };
}

const ageing: readonly Rule[] = [
  loosened({
    id: "host/password-expiry-loosened",
    name: "password_max_days",
    title: "The password of user {id} may now be kept longer: {after} instead of {before} days",
    control: "5.4.1.1",
    strict: 90,
    loose: [99_999, null],
    isUpperLimit: true,
  }),
  loosened({
    id: "host/password-minimum-loosened",
    name: "password_min_days",
    title: "The password of user {id} may now be changed back sooner: after {after} instead of {before} days",
    control: "5.4.1.2",
    strict: 7,
    loose: [0, null],
    isUpperLimit: false,
  }),
  loosened({
    id: "host/password-warning-shortened",
    name: "password_warn_days",
    title: "User {id} is warned later that the password must be changed: {after} instead of {before} days before",
    control: "5.4.1.3",
    strict: 7,
    loose: [1, null],
    isUpperLimit: false,
  }),
  loosened({
    id: "host/password-inactivity-loosened",
    name: "password_inactive_days",
    title: "An expired password of user {id} opens the account for longer: {after} instead of {before} days",
    control: "5.4.1.5",
    strict: 30,
    loose: [90, null],
    isUpperLimit: true,
  }),
  {
    id: "host/account-expiry-loosened",
    kinds: USERS,
    paths: ["/expires"],
    when: "change.after == null || (change.before != null && change.after > change.before)",
    severity: "warning",
    type: "security",
    title: "The account of user {id} now lasts longer: until {after} instead of {before}",
    examples: {
      fires: [attribute("expires", "2027-01-31", null), attribute("expires", "2027-01-31", "2028-01-31")],
      silent: [attribute("expires", null, "2027-01-31"), attribute("expires", "2028-01-31", "2027-01-31")],
    },
  },
  {
    id: "host/account-limits-tightened",
    kinds: USERS,
    paths: ["/password_max_days", "/password_min_days", "/password_warn_days", "/password_inactive_days", "/expires"],
    severity: "informational",
    type: "security",
    title: "The {path} of user {id} is {after} instead of {before}",
    examples: {
      fires: [attribute("password_max_days", 99_999, 90), attribute("expires", null, "2027-01-31")],
      silent: [attribute("password_max_days", 90, 99_999), attribute("expires", "2027-01-31", null)],
    },
  },
  {
    id: "host/user-comment-changed",
    kinds: USERS,
    paths: ["/comment"],
    severity: "informational",
    type: "functional",
    title: "The comment of user {id} is {after} instead of {before}",
    examples: {
      fires: [attribute("comment", "Ada", "Ada L.")],
      silent: [attribute("password", "set", "locked")],
    },
  },
];

/** What shadow(5) knows of users. */
export const passwordRules: readonly Rule[] = [...passwords, ...ageing];
