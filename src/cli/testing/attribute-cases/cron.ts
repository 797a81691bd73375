import { createHash } from "node:crypto";
import type { AttributeCases, KindCases } from "./attribute-case.ts";

export const jobId = `/etc/cron.d/backup#${createHash("sha256").update("root\0/usr/bin/backup").digest("hex").slice(0, 8)}`;
export const crontab = (line: string) => `printf '${line}\\n' > /etc/cron.d/backup && chmod 644 /etc/cron.d/backup`;
export const JOB = { schedule: "5 4 * * *", user: "root", command: "/usr/bin/backup" };
const CRON_JOB: AttributeCases = {
  "/schedule": {
    id: jobId,
    declared: JOB,
    before: crontab("5 4 * * * root /usr/bin/backup"),
    change: crontab("6 4 * * * root /usr/bin/backup"),
  },
  "/environment": {
    id: jobId,
    declared: { ...JOB, environment: { SHELL: "/bin/sh" } },
    before: crontab("SHELL=/bin/sh\\n5 4 * * * root /usr/bin/backup"),
    change: crontab("5 4 * * * root /usr/bin/backup"),
  },
  "/environment/*": {
    id: jobId,
    declared: { ...JOB, environment: { SHELL: "/bin/sh" } },
    before: crontab("SHELL=/bin/sh\\n5 4 * * * root /usr/bin/backup"),
    change: crontab("SHELL=/tmp/sh\\n5 4 * * * root /usr/bin/backup"),
    changed: "/environment/SHELL",
  },
};

export const cronCases: KindCases = {
  "host/cron-job": CRON_JOB,
};
