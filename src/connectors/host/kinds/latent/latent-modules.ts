import { type ByteText, idText, linesOf, toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { MODULES, type ModuleConfiguration, type ModuleSettings, moduleName } from "../kernel/parse-modules.ts";
import { COMMAND_LINE, MODPROBE_FOLDERS, MODULES_LOAD_FOLDERS, readModules } from "../kernel/read-modules.ts";
import type { Entry } from "../table.ts";
import { hiddenLatent, type LatentSource, latentEntry, NOTHING_LATENT } from "./latent-source.ts";

const RELEASE = "/proc/sys/kernel/osrelease";
const BUILTIN = (release: string) => `/lib/modules/${release}/modules.builtin`;

/** Modules that are loaded against those that the next start loads, or keeps out. */
export const latentModules: LatentSource = {
  start: "module:",
  permissions: [
    {
      access: [
        MODULES,
        COMMAND_LINE,
        RELEASE,
        BUILTIN("RELEASE"),
        ...[...MODPROBE_FOLDERS, ...MODULES_LOAD_FOLDERS].map((folder) => `${folder}/*.conf`),
      ].join(", "),
      needs: "anyone, as they are installed",
      without: "modules that are loaded otherwise than they are set up",
    },
  ],
  async read({ transport, signal, container }) {
    const [isContainer, state, builtin] = await Promise.all([container, readModules(transport, signal), readBuiltin()]);
    if (isContainer === true) return NOTHING_LATENT;
    if (isContainer !== false) return hiddenLatent(isContainer);
    const { loaded, configuration, hiddenModprobe, hiddenLoads } = state;
    if ("status" in loaded) return hiddenLatent(loaded);
    // A kernel without modules loads none at its next start either.
    if (loaded.size === 0) return NOTHING_LATENT;
    if (!builtin.ok) return hiddenLatent(unreadOf(builtin));
    const entries = judgeModules(new Set(loaded.keys()), configuration, builtinNames(builtin.value));
    return { entries, hidden: [...hiddenModprobe, ...hiddenLoads] };

    async function readBuiltin() {
      const release = await transport.readFile(hostPath(RELEASE));
      return release.ok ? await transport.readFile(hostPath(BUILTIN(toByteText(release.value).trim()))) : release;
    }
  },
};

/** The names in a list of paths of modules that are built into the kernel. */
export function builtinNames(content: Uint8Array): ReadonlySet<ByteText> {
  return new Set(
    linesOf(content).map((path) => moduleName(path.slice(path.lastIndexOf("/") + 1).replace(/\.ko.*$/, ""))),
  );
}

const BLOCKED = /^(?:\/usr)?\/s?bin\/(?:true|false)(?:\s|$)/;

/** @param builtin names of modules that are always there, and so are never loaded */
export function judgeModules(
  loaded: ReadonlySet<ByteText>,
  { modules }: Pick<ModuleConfiguration, "modules">,
  builtin: ReadonlySet<ByteText>,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [name, settings] of modules) {
    const persisted = persistedOf(settings);
    const isLoaded = loaded.has(name);
    const differs = isLoaded ? persisted === "kept out" : persisted === "loaded" && !builtin.has(name);
    if (differs)
      entries.set(`module:${idText(name)}`, latentEntry(isLoaded ? "loaded" : "not loaded", persisted ?? ""));
  }
  return entries;
}

/** The start loads nothing that is blacklisted; what loads one by its name is stopped by an install line alone. */
function persistedOf({ blacklisted, install, loadAtStart }: ModuleSettings): "loaded" | "kept out" | undefined {
  if (blacklisted || (install !== undefined && BLOCKED.test(install))) return "kept out";
  return loadAtStart ? "loaded" : undefined;
}
