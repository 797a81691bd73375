import { command } from "../command.ts";
import { JUDGED_PROPERTIES } from "../latent/judge-services.ts";
import { UNIT_PROPERTIES } from "./parse-units.ts";

const PROPERTIES = [...new Set(`${UNIT_PROPERTIES},${JUDGED_PROPERTIES}`.split(","))].join(",");

/** Shows all loaded units: with all that any kind asks of them, so that kinds which are read at the same time share one run. */
export const SHOW_LOADED = command("systemctl", "show", "--all", "--no-pager", `--property=${PROPERTIES}`, "*");
