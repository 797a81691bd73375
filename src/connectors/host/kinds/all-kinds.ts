import type { HostKind } from "../kind.ts";
import { cronJobKind } from "./cron-job.ts";
import { directoryKind } from "./directory.ts";
import { fileKind } from "./file.ts";
import { groupKind } from "./group.ts";
import { packageKind } from "./package.ts";
import { portKind } from "./port.ts";
import { serviceKind } from "./service.ts";
import { sshdKind } from "./sshd.ts";
import { sysctlKind } from "./sysctl.ts";
import { userKind } from "./user.ts";

/** Every kind of host resource, in the order in which people read them. */
export const hostKinds: readonly HostKind[] = [
  fileKind,
  directoryKind,
  packageKind,
  userKind,
  groupKind,
  sysctlKind,
  serviceKind,
  portKind,
  cronJobKind,
  sshdKind,
];
