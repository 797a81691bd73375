import { runCommand } from "../command.ts";
import { parseProperties } from "../systemd/parse-properties.ts";
import { unread } from "../table.ts";
import { JUDGED_PROPERTIES, judgeUnits } from "./judge-services.ts";
import { hiddenLatent, type LatentSource, NOTHING_LATENT } from "./latent-source.ts";

const SHOW = ["systemctl", "show", "--all", "--no-pager", `--property=${JUDGED_PROPERTIES}`, "*"] as const;

/** Units of systemd against what is enabled. Where systemd does not run there are none. */
export const latentServices: LatentSource = {
  start: "service:",
  permissions: [
    {
      access: SHOW.join(" "),
      needs: "anyone where the system bus runs, else root",
      without: "units that run otherwise than they are enabled",
    },
  ],
  async read({ transport, signal, booted }) {
    const [isBooted, output] = await Promise.all([booted, runCommand(transport, SHOW, { signal })]);
    if (isBooted === false) return NOTHING_LATENT;
    if (isBooted !== true) return hiddenLatent(isBooted);
    if (output.status === "unchecked") return hiddenLatent(output);
    const units = parseProperties(output.stdout);
    const isMalformed =
      units.length === 0 || units.some((unit) => unit.value("Id") === "" || unit.value("ActiveState") === "");
    const why = unread("failed", 'Cannot read what "systemctl show" prints: a block is malformed');
    return { entries: judgeUnits(units), hidden: isMalformed ? [why] : [] };
  },
};
