import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches } from "./rule-parts.ts";

const DIRECTORY = "host/directory";

/** Folders that root's PATH looks into on every distribution, and those above them: who writes there decides what root runs. */
const ROOT_PATH = "^/$|^/usr$|^/usr/local$|^/opt$|^(/usr(/local)?)?/s?bin$|^/snap/bin$|^/root(/bin|/[.]local(/bin)?)?$";

function mode(id: string, before: string, after: string): RuleExample {
  return changed(DIRECTORY, id, { before: { mode: before }, after: { mode: after } });
}

/** The folders in which root finds its programs. */
export const programPathRules: readonly Rule[] = [
  {
    id: "host/root-path-writable",
    kinds: [DIRECTORY],
    paths: ["/mode"],
    when: `${idMatches(ROOT_PATH)} && gains(change.before, change.after, "go+w")`,
    severity: "critical",
    type: "security",
    title: "{id} is on root's PATH, or above it, and may now be written by more than root: {after} instead of {before}",
    controls: cis("5.4.2.5"),
    examples: {
      fires: [mode("/usr/local/bin", "0755", "0775"), mode("/usr/sbin", "0755", "1777"), mode("/usr", "0755", "0757")],
      silent: [
        mode("/usr/local/bin", "0777", "0755"),
        mode("/srv/bin", "0755", "0775"),
        mode("/usr/local/bin", "0755", "0700"),
      ],
    },
  },
  {
    id: "host/root-path-owner",
    kinds: [DIRECTORY],
    paths: ["/owner", "/uid"],
    when: `${idMatches(ROOT_PATH)} && (change.before == "root" || change.before == 0)`,
    severity: "critical",
    type: "security",
    title: "{id} is on root's PATH, or above it, and belongs to {after} instead of root",
    controls: cis("5.4.2.5"),
    examples: {
      fires: [changed(DIRECTORY, "/usr/local/sbin", { before: { owner: "root" }, after: { owner: "ada" } })],
      silent: [
        changed(DIRECTORY, "/srv/bin", { before: { owner: "root" }, after: { owner: "ada" } }),
        changed(DIRECTORY, "/usr/local/sbin", { before: { owner: "ada" }, after: { owner: "root" } }),
      ],
    },
  },
];
