import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { readConfigFolders } from "../config-folders.ts";
import type { Unread } from "../table.ts";
import { type LoadedModules, MODULES, ModuleConfiguration, parseModules } from "./parse-modules.ts";

export const COMMAND_LINE = "/proc/cmdline";
const FOLDERS = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"];
/** In the order in which a file of one name hides that of another. */
export const MODPROBE_FOLDERS = FOLDERS.map((folder) => `${folder}/modprobe.d`);
export const MODULES_LOAD_FOLDERS = FOLDERS.map((folder) => `${folder}/modules-load.d`);

/** What is loaded, and what is set up. */
export interface ModuleState {
  readonly loaded: LoadedModules | Unread;
  readonly configuration: ModuleConfiguration;
  /** Why some of what modprobe, or the start, is told may be missing. */
  readonly hiddenModprobe: readonly Unread[];
  readonly hiddenLoads: readonly Unread[];
}

/** @param list where the kernel lists its modules */
export async function readModules(transport: Transport, signal: AbortSignal, list = MODULES): Promise<ModuleState> {
  const [modules, commandLine, modprobe, loads] = await Promise.all([
    transport.readFile(hostPath(list)),
    transport.readFile(hostPath(COMMAND_LINE)),
    readConfigFolders({ folders: MODPROBE_FOLDERS, suffix: ".conf" }, transport, signal),
    readConfigFolders({ folders: MODULES_LOAD_FOLDERS, suffix: ".conf" }, transport, signal),
  ]);
  const configuration = new ModuleConfiguration();
  for (const file of modprobe.files) configuration.addModprobe(file);
  for (const file of loads.files) configuration.addModulesLoad(file);
  if (commandLine.ok) configuration.addCommandLine(toByteText(commandLine.value), COMMAND_LINE);
  const hidden = commandLine.ok ? [] : [unreadOf(commandLine)];
  return {
    loaded: loadedOf(),
    configuration,
    hiddenModprobe: [...modprobe.hidden, ...hidden],
    hiddenLoads: [...loads.hidden, ...hidden],
  };

  function loadedOf(): LoadedModules | Unread {
    if (modules.ok) return parseModules(modules.value);
    // A kernel that is built without modules has no list of them, and none loaded.
    return modules.reason === "absent" && commandLine.ok ? new Map() : unreadOf(modules);
  }
}
