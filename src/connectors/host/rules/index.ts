import type { Rule } from "../../../model/rule.ts";
import { accountRules } from "./accounts.ts";
import { containerRules } from "./containers.ts";
import { cronRules } from "./cron.ts";
import { fileRules } from "./files.ts";
import { firewallRules } from "./firewall.ts";
import { nameRules } from "./names.ts";
import { packageRules } from "./packages.ts";
import { permissionRules } from "./permissions.ts";
import { portRules } from "./ports.ts";
import { serviceRules } from "./services.ts";
import { sshdRules } from "./sshd.ts";
import { sysctlRules } from "./sysctl.ts";

/** The rules that ship with the host connector: of each kind the specific before the general. */
export const hostRules: readonly Rule[] = [
  ...permissionRules,
  ...fileRules,
  ...accountRules,
  ...packageRules,
  ...sysctlRules,
  ...serviceRules,
  ...portRules,
  ...firewallRules,
  ...nameRules,
  ...containerRules,
  ...cronRules,
  ...sshdRules,
];
