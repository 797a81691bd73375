import type { Json } from "../../../model/json.ts";
import type { AttributeCase, AttributeCases, KindCases } from "./attribute-case.ts";

const rules = (...lines: readonly string[]) =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > /etc/pam.d/door`;
const UNIX = "auth [success=1 default=ignore] pam_unix.so nullok";
const DENY = "auth requisite pam_deny.so";
const RULE: Json = { control: "requisite", args: [], quiet: false };

/** Both rules are there before. */
function pamCase(
  declared: Readonly<Record<string, Json>>,
  change: string,
  what: Partial<AttributeCase> = {},
): AttributeCase {
  return { id: "door#auth", declared, before: rules(UNIX, DENY), change, ...what };
}

const unixIs = (member: Readonly<Record<string, Json>>) => ({ rules: { "pam_unix.so": member } });
const PAM_RULE: AttributeCases = {
  "/rules": pamCase({ rules: { "pam_deny.so": RULE }, order: ["pam_unix.so", "pam_deny.so"] }, rules(UNIX), {
    changed: "/rules/pam_deny.so",
    also: ["/order"],
  }),
  "/rules/*": pamCase({ rules: { "pam_deny.so": RULE }, order: ["pam_unix.so", "pam_deny.so"] }, rules(UNIX), {
    changed: "/rules/pam_deny.so",
    also: ["/order"],
  }),
  "/rules/*/control": pamCase(
    unixIs({ control: "[success=1 default=ignore]" }),
    rules("auth sufficient pam_unix.so nullok", DENY),
    { changed: "/rules/pam_unix.so/control" },
  ),
  "/rules/*/args": pamCase(unixIs({ args: ["nullok"] }), rules(`${UNIX} debug`, DENY), {
    changed: "/rules/pam_unix.so/args",
  }),
  "/rules/*/quiet": pamCase(unixIs({ quiet: false }), rules(`-${UNIX}`, DENY), { changed: "/rules/pam_unix.so/quiet" }),
  "/order": pamCase({ order: ["pam_unix.so", "pam_deny.so"] }, rules(DENY, UNIX)),
};

export const pamCases: KindCases = { "host/pam-rule": PAM_RULE };
