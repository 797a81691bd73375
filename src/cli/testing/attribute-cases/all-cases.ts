import { accountsCases } from "./accounts.ts";
import type { KindCases } from "./attribute-case.ts";
import { certificatesCases } from "./certificates.ts";
import { containersCases } from "./containers.ts";
import { cronCases } from "./cron.ts";
import { filesCases } from "./files.ts";
import { kernelCases } from "./kernel.ts";
import { latentCases } from "./latent.ts";
import { networkCases } from "./network.ts";
import { packagesCases } from "./packages.ts";
import { pamCases } from "./pam.ts";
import { sshCases } from "./ssh.ts";
import { systemdCases } from "./systemd.ts";
import { timeCases } from "./time.ts";

export const allCases: KindCases = {
  ...filesCases,
  ...accountsCases,
  ...pamCases,
  ...packagesCases,
  ...kernelCases,
  ...systemdCases,
  ...networkCases,
  ...timeCases,
  ...containersCases,
  ...cronCases,
  ...sshCases,
  ...latentCases,
  ...certificatesCases,
};
