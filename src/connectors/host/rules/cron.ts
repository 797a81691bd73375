import type { Rule } from "../../../model/rule.ts";
import { changed, missing, unmanaged } from "./rule-parts.ts";

const JOB = "host/cron-job";
const JOBS = [JOB];
const ID = "/etc/cron.d/backup#1f0c2b7a";

/** Lines of crontabs. */
export const cronRules: readonly Rule[] = [
  {
    id: "host/root-cron-job-appeared",
    kinds: JOBS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: 'resource.actual.user == "root"',
    severity: "critical",
    type: "security",
    title: "A cron job of root is not declared: {id}",
    examples: {
      fires: [unmanaged(JOB, ID, { schedule: "* * * * *", user: "root", command: "/tmp/x" })],
      silent: [unmanaged(JOB, ID, { schedule: "* * * * *", user: "ada", command: "/tmp/x" })],
    },
  },
  {
    id: "host/cron-job-appeared",
    kinds: JOBS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "warning",
    type: "security",
    title: "A cron job is not declared: {id}",
    examples: {
      fires: [unmanaged(JOB, ID, { schedule: "* * * * *", user: "ada", command: "/tmp/x" })],
      silent: [unmanaged(JOB, ID, { schedule: "* * * * *", user: "root", command: "/tmp/x" })],
    },
  },
  {
    id: "host/cron-job-runs-as-root",
    kinds: JOBS,
    paths: ["/user"],
    when: 'change.after == "root"',
    severity: "critical",
    type: "security",
    title: "Cron job {id} now runs as root instead of {before}",
    examples: {
      fires: [changed(JOB, ID, { before: { user: "ada" }, after: { user: "root" } })],
      silent: [changed(JOB, ID, { before: { user: "root" }, after: { user: "ada" } })],
    },
  },
  {
    id: "host/root-cron-command-changed",
    kinds: JOBS,
    paths: ["/command"],
    when: 'resource.actual.user == "root"',
    severity: "critical",
    type: "security",
    title: "What root runs at set times has changed: {after}",
    examples: {
      fires: [changed(JOB, ID, { before: { user: "root", command: "/usr/bin/backup" }, after: { command: "/tmp/x" } })],
      silent: [changed(JOB, ID, { before: { user: "ada", command: "/usr/bin/backup" }, after: { command: "/tmp/x" } })],
    },
  },
  {
    id: "host/cron-command-changed",
    kinds: JOBS,
    paths: ["/command", "/user"],
    severity: "warning",
    type: "security",
    title: "The {path} of cron job {id} is {after} instead of {before}",
    examples: {
      fires: [changed(JOB, ID, { before: { user: "ada", command: "/usr/bin/backup" }, after: { command: "/tmp/x" } })],
      silent: [changed(JOB, ID, { before: { schedule: "@daily" }, after: { schedule: "@hourly" } })],
    },
  },
  {
    id: "host/root-cron-environment-changed",
    kinds: JOBS,
    paths: ["/environment", "/environment/*"],
    when: 'resource.actual.user == "root" && change.path.matches(r"^/environment(/(SHELL|PATH|BASH_ENV|ENV|LD_.*|PYTHONPATH|PERL5LIB))?$")',
    severity: "critical",
    type: "security",
    title: "What decides which programs a cron job of root runs has changed: {path} of {id}",
    examples: {
      fires: [
        changed(JOB, ID, {
          before: { user: "root", environment: { PATH: "/usr/bin" } },
          after: { environment: { PATH: "/tmp:/usr/bin" } },
        }),
      ],
      silent: [
        changed(JOB, ID, {
          before: { user: "root", environment: { MAILTO: "root" } },
          after: { environment: { MAILTO: "ada" } },
        }),
      ],
    },
  },
  {
    id: "host/cron-environment-changed",
    kinds: JOBS,
    paths: ["/environment", "/environment/*"],
    severity: "warning",
    type: "functional",
    title: "What the crontab sets for cron job {id} has changed: {path}",
    examples: {
      fires: [
        changed(JOB, ID, {
          before: { user: "ada", environment: { MAILTO: "ada" } },
          after: { environment: { MAILTO: "root" } },
        }),
      ],
      silent: [changed(JOB, ID, { before: { schedule: "@daily" }, after: { schedule: "@hourly" } })],
    },
  },
  {
    id: "host/cron-schedule-changed",
    kinds: JOBS,
    paths: ["/schedule"],
    severity: "warning",
    type: "functional",
    title: "Cron job {id} runs at {after} instead of {before}",
    examples: {
      fires: [changed(JOB, ID, { before: { schedule: "@daily" }, after: { schedule: "@hourly" } })],
      silent: [changed(JOB, ID, { before: { user: "root" }, after: { user: "ada" } })],
    },
  },
  {
    id: "host/cron-job-missing",
    kinds: JOBS,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Cron job {id} is missing, so it no longer runs",
    examples: {
      fires: [missing(JOB, ID, { schedule: "@daily", user: "root", command: "/usr/bin/backup" })],
      silent: [unmanaged(JOB, ID, { schedule: "@daily", user: "root", command: "/usr/bin/backup" })],
    },
  },
];
