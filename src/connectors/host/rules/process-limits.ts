import type { Rule } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const LIMIT = "host/process-limit";
const KINDS = [LIMIT];
const CORE = "*#hard#core";
const FILES = "*#hard#nofile";
const IS_CORE = `resource.id == "${CORE}"`;
/** Without which one user can take all that the host has. */
const IS_OF_ALL = idMatches("^[*]#(soft|hard)#(nofile|nproc)$");

/** Limits that pam_limits sets. */
export const processLimitRules: readonly Rule[] = [
  {
    id: "host/core-dumps-allowed",
    kinds: KINDS,
    paths: ["/value"],
    when: `${IS_CORE} && change.after != "0"`,
    severity: "warning",
    type: "security",
    title: "Everybody may write core dumps, with what stood in memory: {after} instead of {before}",
    controls: cis("1.5.3"),
    examples: {
      fires: [changed(LIMIT, CORE, { before: { value: "0" }, after: { value: "unlimited" } })],
      silent: [changed(LIMIT, CORE, { before: { value: "unlimited" }, after: { value: "0" } })],
    },
  },
  {
    id: "host/core-dumps-no-longer-forbidden",
    kinds: KINDS,
    drift: ["missing"],
    when: `${IS_CORE} && resource.desired.value == "0"`,
    severity: "warning",
    type: "security",
    title: "Core dumps, with what stood in memory, are no longer forbidden: {id} is missing",
    controls: cis("1.5.3"),
    examples: {
      fires: [missing(LIMIT, CORE, { value: "0" })],
      silent: [missing(LIMIT, FILES, { value: "0" })],
    },
  },
  {
    id: "host/limit-of-all-lifted",
    kinds: KINDS,
    paths: ["", "/value"],
    when: `${IS_OF_ALL} && resource.actual.value == "unlimited"`,
    severity: "warning",
    type: "security",
    title: "Every user can take all that the host has: {id} is unlimited",
    examples: {
      fires: [
        changed(LIMIT, FILES, { before: { value: "4096" }, after: { value: "unlimited" } }),
        unmanaged(LIMIT, "*#soft#nproc", { value: "unlimited" }),
      ],
      silent: [
        changed(LIMIT, "app#hard#nofile", { before: { value: "4096" }, after: { value: "unlimited" } }),
        unmanaged(LIMIT, FILES, { value: "4096" }),
      ],
    },
  },
  {
    id: "host/limit-of-all-missing",
    kinds: KINDS,
    drift: ["missing"],
    when: IS_OF_ALL,
    severity: "warning",
    type: "security",
    title: "Users are no longer limited: {id} is missing",
    examples: {
      fires: [missing(LIMIT, FILES, { value: "4096" })],
      silent: [missing(LIMIT, "app#hard#nofile", { value: "4096" })],
    },
  },
  {
    id: "host/limits-waived",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: 'resource.actual.value == "exempt"',
    severity: "warning",
    type: "security",
    title: "No limit is set any more to whom {id} is for",
    examples: {
      fires: [unmanaged(LIMIT, "ftp#-#all", { value: "exempt" })],
      silent: [unmanaged(LIMIT, FILES, { value: "4096" })],
    },
  },
  {
    id: "host/limit-changed",
    kinds: KINDS,
    paths: ["/value"],
    severity: "warning",
    type: "functional",
    title: "Limit {id} is {after} instead of {before}",
    examples: {
      fires: [changed(LIMIT, "app#soft#nofile", { before: { value: "65536" }, after: { value: "1024" } })],
      silent: [changed(LIMIT, CORE, { before: { value: "0" }, after: { value: "unlimited" } })],
    },
  },
  {
    id: "host/limit-missing",
    kinds: KINDS,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Limit {id} is missing, so the host's own is in force",
    examples: {
      fires: [missing(LIMIT, "app#soft#nofile", { value: "65536" })],
      silent: [unmanaged(LIMIT, "app#soft#nofile", { value: "65536" })],
    },
  },
];
