import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, idMatches, missing, unmanaged } from "./rule-parts.ts";

const TIMER = "host/timer";
const KINDS = [TIMER];
/** Timers of updates, of checks for intruders and of what keeps logs and certificates. */
const GUARDS =
  "^(apt-daily|apt-daily-upgrade|unattended-upgrades|dnf-automatic(-install|-download|-notifyonly)?|yum-cron|dnf5-automatic|(daily)?aide-?check|aide|rkhunter|chkrootkit|debsecan|clamav-freshclam|freshclam|lynis|tripwire|logrotate|fwupd-refresh)[.]timer$";

function backup(before: JsonObject, after: JsonObject): RuleExample {
  return changed(TIMER, "backup.timer", { before, after });
}

/** Timers of systemd. */
export const timerRules: readonly Rule[] = [
  {
    id: "host/guard-timer-off",
    kinds: KINDS,
    paths: ["/enabled", "/running"],
    when: `${idMatches(GUARDS)} && change.after == false`,
    severity: "critical",
    type: "security",
    title: "{id}, which keeps this host safe, is off ({path})",
    examples: {
      fires: [
        changed(TIMER, "apt-daily-upgrade.timer", { before: { enabled: true }, after: { enabled: false } }),
        changed(TIMER, "dailyaidecheck.timer", { before: { running: true }, after: { running: false } }),
      ],
      silent: [
        backup({ enabled: true }, { enabled: false }),
        changed(TIMER, "apt-daily-upgrade.timer", { before: { enabled: false }, after: { enabled: true } }),
      ],
    },
  },
  {
    id: "host/guard-timer-missing",
    kinds: KINDS,
    drift: ["missing"],
    when: idMatches(GUARDS),
    severity: "critical",
    type: "security",
    title: "{id}, which keeps this host safe, is missing",
    examples: {
      fires: [missing(TIMER, "apt-daily-upgrade.timer", { enabled: true })],
      silent: [missing(TIMER, "backup.timer", { enabled: true })],
    },
  },
  {
    id: "host/timer-starts-other-unit",
    kinds: KINDS,
    paths: ["/unit"],
    when: "change.after != null",
    severity: "critical",
    type: "security",
    title: "{id} starts another unit: {after} instead of {before}",
    examples: {
      fires: [backup({ unit: "backup.service" }, { unit: "x.service" })],
      silent: [backup({ persistent: true }, { persistent: false })],
    },
  },
  {
    id: "host/timer-replaced",
    kinds: KINDS,
    paths: ["/fragment_path"],
    when: "change.after != null",
    severity: "warning",
    type: "security",
    title: "{id} comes from another file: {after} instead of {before}",
    examples: {
      fires: [
        backup(
          { fragment_path: "/lib/systemd/system/backup.timer" },
          { fragment_path: "/etc/systemd/system/backup.timer" },
        ),
      ],
      silent: [backup({ unit: "backup.service" }, { unit: "x.service" })],
    },
  },
  {
    id: "host/timer-drop-in-added",
    kinds: KINDS,
    paths: ["/drop_ins"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "{id} is changed by another file: {added}",
    examples: {
      fires: [backup({ drop_ins: [] }, { drop_ins: ["/etc/x.conf"] })],
      silent: [backup({ drop_ins: ["/etc/x.conf"] }, { drop_ins: [] })],
    },
  },
  {
    id: "host/timer-off",
    kinds: KINDS,
    paths: ["/enabled", "/running"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "{id} is off ({path}), so that what it starts no longer runs",
    examples: {
      fires: [backup({ running: true }, { running: false })],
      silent: [backup({ running: false }, { running: true })],
    },
  },
  {
    id: "host/timer-on",
    kinds: KINDS,
    paths: ["/enabled", "/running"],
    when: "change.after == true",
    severity: "warning",
    type: "security",
    title: "{id} is on ({path}), but should not be",
    examples: {
      fires: [backup({ enabled: false }, { enabled: true })],
      silent: [backup({ enabled: true }, { enabled: false })],
    },
  },
  {
    id: "host/timer-times-changed",
    kinds: KINDS,
    paths: ["/on_calendar", "/monotonic", "/on_clock_change", "/on_timezone_change"],
    severity: "warning",
    type: "functional",
    title: "{id} goes off at other times: {path} is {after} instead of {before}",
    examples: {
      fires: [
        backup({ on_calendar: ["*-*-* 00:00:00"] }, { on_calendar: ["*-*-01 00:00:00"] }),
        backup({ monotonic: ["OnBootSec=15min"] }, { monotonic: [] }),
      ],
      silent: [backup({ randomized_delay: "1h" }, { randomized_delay: "2h" })],
    },
  },
  {
    id: "host/timer-makes-up-no-more",
    kinds: KINDS,
    paths: ["/persistent"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "{id} no longer makes up for times at which the host was off",
    examples: {
      fires: [backup({ persistent: true }, { persistent: false })],
      silent: [backup({ persistent: false }, { persistent: true })],
    },
  },
  {
    id: "host/timer-put-off-otherwise",
    kinds: KINDS,
    paths: ["/accuracy", "/randomized_delay", "/wake_system", "/persistent"],
    severity: "informational",
    type: "functional",
    title: "{id} is set up otherwise: {path} is {after} instead of {before}",
    examples: {
      fires: [backup({ randomized_delay: "1h" }, { randomized_delay: "2h" })],
      silent: [backup({ monotonic: ["OnBootSec=15min"] }, { monotonic: [] })],
    },
  },
  {
    id: "host/timer-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: "resource.actual.enabled == true || resource.actual.running == true",
    severity: "warning",
    type: "security",
    title: "{id} goes off at set times, but is not declared",
    examples: {
      fires: [unmanaged(TIMER, "miner.timer", { enabled: true, running: true, unit: "miner.service" })],
      silent: [unmanaged(TIMER, "miner.timer", { enabled: false, running: false, unit: "miner.service" })],
    },
  },
  {
    id: "host/timer-missing",
    kinds: KINDS,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "{id} is missing, so that what it starts no longer runs",
    examples: {
      fires: [missing(TIMER, "backup.timer", { enabled: true })],
      silent: [unmanaged(TIMER, "backup.timer", { enabled: true })],
    },
  },
];
