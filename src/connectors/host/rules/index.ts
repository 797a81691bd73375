import type { Rule } from "../../../model/rule.ts";
import { accountRules } from "./accounts.ts";
import { aptSourceRules } from "./apt-sources.ts";
import { cronRules } from "./cron.ts";
import { fileRules } from "./files.ts";
import { otherPackageFileRules, packageFileRules } from "./package-files.ts";
import { packageRules } from "./packages.ts";
import { permissionRules } from "./permissions.ts";
import { portRules } from "./ports.ts";
import { serviceRules } from "./services.ts";
import { sshdRules } from "./sshd.ts";
import { sysctlRules } from "./sysctl.ts";

/** The rules that ship with the host connector: of each kind the specific before the general. */
export const hostRules: readonly Rule[] = [
  ...permissionRules,
  ...packageFileRules,
  ...fileRules,
  ...otherPackageFileRules,
  ...accountRules,
  ...packageRules,
  ...aptSourceRules,
  ...sysctlRules,
  ...serviceRules,
  ...portRules,
  ...cronRules,
  ...sshdRules,
];
