import type { HostKind } from "../kind.ts";
import { groupKind } from "./accounts/group.ts";
import { userKind } from "./accounts/user.ts";
import { cronJobKind } from "./cron/cron-job.ts";
import { directoryKind } from "./files/directory.ts";
import { fileKind } from "./files/file.ts";
import { sysctlKind } from "./kernel/sysctl.ts";
import { portKind } from "./network/port.ts";
import { aptSourceKind } from "./packages/apt-source.ts";
import { packageKind } from "./packages/package.ts";
import { sshdKind } from "./ssh/sshd.ts";
import { serviceKind } from "./systemd/service.ts";

/** Every kind of host resource, in the order in which people read them. */
export const hostKinds: readonly HostKind[] = [
  fileKind,
  directoryKind,
  packageKind,
  aptSourceKind,
  userKind,
  groupKind,
  sysctlKind,
  serviceKind,
  portKind,
  cronJobKind,
  sshdKind,
];
