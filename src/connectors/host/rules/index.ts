import type { Rule } from "../../../model/rule.ts";
import { accountRules } from "./accounts.ts";
import { aptSourceRules } from "./apt-sources.ts";
import { authorizedKeyRules } from "./authorized-keys.ts";
import { certificateRules } from "./certificates.ts";
import { containerRules } from "./containers.ts";
import { cronRules } from "./cron.ts";
import { fileAttributeRules } from "./file-attributes.ts";
import { fileRules } from "./files.ts";
import { firewallRules } from "./firewall.ts";
import { latentDriftRules } from "./latent-drift.ts";
import { mountRules } from "./mounts.ts";
import { nameRules } from "./names.ts";
import { otherPackageFileRules, packageFileRules } from "./package-files.ts";
import { packageRules } from "./packages.ts";
import { passwordRules } from "./passwords.ts";
import { permissionRules } from "./permissions.ts";
import { portRules } from "./ports.ts";
import { serviceRules } from "./services.ts";
import { sshIdentityRules } from "./ssh-identity.ts";
import { sshdRules } from "./sshd.ts";
import { sudoRules } from "./sudo.ts";
import { sysctlRules } from "./sysctl.ts";

/** The rules that ship with the host connector: of each kind the specific before the general. */
export const hostRules: readonly Rule[] = [
  ...fileAttributeRules,
  ...permissionRules,
  ...packageFileRules,
  ...fileRules,
  ...passwordRules,
  ...otherPackageFileRules,
  ...accountRules,
  ...sudoRules,
  ...packageRules,
  ...aptSourceRules,
  ...sysctlRules,
  ...mountRules,
  ...serviceRules,
  ...portRules,
  ...firewallRules,
  ...nameRules,
  ...containerRules,
  ...cronRules,
  ...sshdRules,
  ...sshIdentityRules,
  ...authorizedKeyRules,
  ...latentDriftRules,
  ...certificateRules,
];
