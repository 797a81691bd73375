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
import { sshCases } from "./ssh.ts";
import { systemdCases } from "./systemd.ts";

export const allCases: KindCases = {
  ...filesCases,
  ...accountsCases,
  ...packagesCases,
  ...kernelCases,
  ...systemdCases,
  ...networkCases,
  ...containersCases,
  ...cronCases,
  ...sshCases,
  ...latentCases,
  ...certificatesCases,
};
