import type { HostKind } from "../kind.ts";
import { groupKind } from "./accounts/group.ts";
import { sudoRuleKind } from "./accounts/sudo-rule.ts";
import { userKind } from "./accounts/user.ts";
import { certificateKind } from "./certificates/certificate.ts";
import { containerKind } from "./containers/container.ts";
import { cronJobKind } from "./cron/cron-job.ts";
import { directoryKind } from "./files/directory.ts";
import { fileKind } from "./files/file.ts";
import { kernelModuleKind } from "./kernel/kernel-module.ts";
import { mountKind } from "./kernel/mount.ts";
import { sysctlKind } from "./kernel/sysctl.ts";
import { latentDriftKind } from "./latent/latent-drift.ts";
import { firewallRuleKind } from "./network/firewall-rule.ts";
import { hostEntryKind } from "./network/host-entry.ts";
import { portKind } from "./network/port.ts";
import { resolverKind } from "./network/resolver.ts";
import { aptSourceKind } from "./packages/apt-source.ts";
import { packageKind } from "./packages/package.ts";
import { pamRuleKind } from "./pam/pam-rule.ts";
import { authorizedKeyKind } from "./ssh/authorized-key.ts";
import { sshIdentityKind } from "./ssh/ssh-identity.ts";
import { sshdKind } from "./ssh/sshd.ts";
import { environmentKind } from "./systemd/environment.ts";
import { processLimitKind } from "./systemd/process-limit.ts";
import { serviceKind } from "./systemd/service.ts";
import { timerKind } from "./systemd/timer.ts";
import { timezoneKind } from "./time/timezone.ts";

/** Every kind of host resource, in the order in which people read them. */
export const hostKinds: readonly HostKind[] = [
  fileKind,
  directoryKind,
  packageKind,
  aptSourceKind,
  userKind,
  groupKind,
  sudoRuleKind,
  pamRuleKind,
  sysctlKind,
  kernelModuleKind,
  mountKind,
  serviceKind,
  timerKind,
  environmentKind,
  processLimitKind,
  portKind,
  firewallRuleKind,
  hostEntryKind,
  resolverKind,
  timezoneKind,
  containerKind,
  cronJobKind,
  sshdKind,
  sshIdentityKind,
  authorizedKeyKind,
  latentDriftKind,
  certificateKind,
];
