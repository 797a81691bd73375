import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, unmanaged } from "./rule-parts.ts";

const ZONE = "host/timezone";
const KINDS = [ZONE];
const UTC = { name: "Etc/UTC", rule: "UTC0", hardware_clock: "utc" };

function zone(after: RuleExample["desired"], before: RuleExample["desired"] = {}): RuleExample {
  return changed(ZONE, "system", { before: { ...UTC, ...before }, after: { ...after } });
}

/** In which time the host lives. */
export const timezoneRules: readonly Rule[] = [
  {
    id: "host/hardware-clock-local",
    kinds: KINDS,
    paths: ["/hardware_clock"],
    when: 'change.after == "local"',
    severity: "warning",
    type: "functional",
    title:
      "The hardware clock is taken to run in local time, so that the clock is wrong after a change to or from summer time",
    examples: {
      fires: [zone({ hardware_clock: "local" })],
      silent: [zone({ hardware_clock: "utc" }, { hardware_clock: "local" }), zone({ name: "UTC" })],
    },
  },
  {
    id: "host/timezone-differs",
    kinds: KINDS,
    severity: "informational",
    type: "functional",
    title: "The time zone is not as declared: {path} is {after} instead of {before}",
    examples: {
      fires: [zone({ name: "Europe/Berlin", rule: "CET-1CEST,M3.5.0,M10.5.0/3" }), unmanaged(ZONE, "system", UTC)],
      silent: [zone({ hardware_clock: "local" })],
    },
  },
];
