import type { Rule } from "../../../model/rule.ts";
import { accountRules } from "./accounts.ts";
import { aptSourceRules } from "./apt-sources.ts";
import { authorizedKeyRules } from "./authorized-keys.ts";
import { certificateRules } from "./certificates.ts";
import { containerRules } from "./containers.ts";
import { cronRules } from "./cron.ts";
import { environmentRules } from "./environments.ts";
import { fileAttributeRules } from "./file-attributes.ts";
import { fileRules } from "./files.ts";
import { firewallRules } from "./firewall.ts";
import { kernelModuleRules } from "./kernel-modules.ts";
import { latentDriftRules } from "./latent-drift.ts";
import { mountRules } from "./mounts.ts";
import { nameRules } from "./names.ts";
import { otherPackageFileRules, packageFileRules } from "./package-files.ts";
import { packageRules } from "./packages.ts";
import { pamRules } from "./pam.ts";
import { passwordRules } from "./passwords.ts";
import { permissionRules } from "./permissions.ts";
import { portRules } from "./ports.ts";
import { processLimitRules } from "./process-limits.ts";
import { programPathRules } from "./program-path.ts";
import { serviceRules } from "./services.ts";
import { sshIdentityRules } from "./ssh-identity.ts";
import { sshdRules } from "./sshd.ts";
import { sudoRules } from "./sudo.ts";
import { sysctlRules } from "./sysctl.ts";
import { timerRules } from "./timers.ts";
import { timezoneRules } from "./timezone.ts";

/** The rules that ship with the host connector: of each kind the specific before the general. */
export const hostRules: readonly Rule[] = [
  ...fileAttributeRules,
  ...programPathRules,
  ...permissionRules,
  ...packageFileRules,
  ...fileRules,
  ...passwordRules,
  ...otherPackageFileRules,
  ...accountRules,
  ...sudoRules,
  ...pamRules,
  ...packageRules,
  ...aptSourceRules,
  ...sysctlRules,
  ...kernelModuleRules,
  ...mountRules,
  ...serviceRules,
  ...timerRules,
  ...environmentRules,
  ...processLimitRules,
  ...portRules,
  ...firewallRules,
  ...nameRules,
  ...timezoneRules,
  ...containerRules,
  ...cronRules,
  ...sshdRules,
  ...sshIdentityRules,
  ...authorizedKeyRules,
  ...latentDriftRules,
  ...certificateRules,
];
