import { commandPermission, runCommand } from "../command.ts";
import { parseProperties } from "../systemd/parse-properties.ts";
import { SHOW_LOADED } from "../systemd/show-units.ts";
import { unread } from "../table.ts";
import { judgeUnits } from "./judge-services.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";
import { hiddenLatent, type LatentSource, NOTHING_LATENT } from "./latent-source.ts";

/** Units of systemd against what is enabled. Where systemd does not run there are none. */
export const latentServices: LatentSource = {
  start: "service:",
  permissions: [
    commandPermission(SHOW_LOADED, {
      kinds: [latentDriftFacts.kind],
      needs: "anyone where the system bus runs, else root",
      without: "units that run otherwise than they are enabled",
    }),
  ],
  async read({ transport, signal, booted }) {
    const [isBooted, output] = await Promise.all([booted, runCommand(transport, SHOW_LOADED, { signal })]);
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
