import { command } from "../command.ts";
import { JUDGED_PROPERTIES } from "../latent/judge-services.ts";
import { UNIT_PROPERTIES } from "./parse-units.ts";
import { DETAIL_PROPERTIES } from "./unit-details.ts";
import { LIMIT_PROPERTIES } from "./unit-limits.ts";

const PROPERTIES = [UNIT_PROPERTIES, DETAIL_PROPERTIES, LIMIT_PROPERTIES, JUDGED_PROPERTIES].join(",").split(",");

/** What is asked of units of every type: all that any kind wants of them, so that kinds which are read at the same time share one run. */
export const SHARED_PROPERTIES = [...new Set(PROPERTIES)].join(",");

/** Shows all loaded units. */
export const SHOW_LOADED = command("systemctl", "show", "--all", "--no-pager", `--property=${SHARED_PROPERTIES}`, "*");
