import type { HostKind } from "../kind.ts";
import { groupKind } from "./accounts/group.ts";
import { userKind } from "./accounts/user.ts";
import { containerKind } from "./containers/container.ts";
import { cronJobKind } from "./cron/cron-job.ts";
import { directoryKind } from "./files/directory.ts";
import { fileKind } from "./files/file.ts";
import { sysctlKind } from "./kernel/sysctl.ts";
import { firewallRuleKind } from "./network/firewall-rule.ts";
import { hostEntryKind } from "./network/host-entry.ts";
import { portKind } from "./network/port.ts";
import { resolverKind } from "./network/resolver.ts";
import { packageKind } from "./packages/package.ts";
import { sshdKind } from "./ssh/sshd.ts";
import { serviceKind } from "./systemd/service.ts";

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
  firewallRuleKind,
  hostEntryKind,
  resolverKind,
  containerKind,
  cronJobKind,
  sshdKind,
];
