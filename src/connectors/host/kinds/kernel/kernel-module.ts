import type { JsonObject } from "../../../../model/json.ts";
import type { ListingGap, PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import { type ByteText, idText, valueText } from "../bytes.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread } from "../table.ts";
import { kernelModuleFacts } from "./kernel-module.facts.ts";
import { MODULES } from "./parse-modules.ts";
import { COMMAND_LINE, MODPROBE_FOLDERS, MODULES_LOAD_FOLDERS, type ModuleState, readModules } from "./read-modules.ts";

const KINDS = [kernelModuleFacts.kind];

/** Modules that are loaded, and what is set up for modules, loaded or not. */
export const kernelModuleKind: HostKind = {
  facts: kernelModuleFacts,
  permissions: [
    { kinds: KINDS, access: MODULES, needs: "anyone", without: "which modules are loaded" },
    {
      kinds: KINDS,
      access: [...MODPROBE_FOLDERS, ...MODULES_LOAD_FOLDERS].map((folder) => `${folder}/*.conf`).join(", "),
      needs: "anyone, as they are installed",
      without: "which modules are kept from being loaded, and which are loaded at a start",
    },
    {
      kinds: KINDS,
      access: COMMAND_LINE,
      needs: "anyone",
      without: "which modules are kept from being loaded, and which are loaded at a start",
    },
  ],
  async *read(request, transport) {
    const state = await readModules(transport, request.signal);
    yield* answerFrom(kernelModuleFacts.kind, request, moduleTable(state));
  },
};

/** Every module that is loaded, or of which something is set up. */
export function moduleTable(state: ModuleState): Table {
  const { loaded, configuration, hiddenModprobe, hiddenLoads } = state;
  const isRead = !("status" in loaded);
  const names = new Set([...(isRead ? loaded.keys() : []), ...configuration.modules.keys()]);
  const entries = Array.from(names, (name): [string, Entry] => [idText(name), toEntry(name, state)]);
  const hidden = [...(isRead ? [] : [loaded]), ...hiddenModprobe, ...hiddenLoads];
  const gaps = hidden.map(({ reason, detail }): ListingGap => ({ glob: "**", reason, detail }));
  return { status: "read", entries: new Map(entries), gaps };
}

interface Part {
  readonly actual: JsonObject;
  readonly facts?: readonly PathFact[];
}

function toEntry(name: ByteText, { loaded, configuration, hiddenModprobe, hiddenLoads }: ModuleState): Entry {
  const { blacklisted, install, options, loadAtStart, files } = configuration.of(name);
  const told = { install: install === undefined ? [] : [valueText(install)], options: options.map(valueText) };
  const parts: readonly Part[] = [
    "status" in loaded
      ? unknown(["/loaded", "/taints"], loaded)
      : { actual: { loaded: loaded.has(name), taints: loaded.get(name) ?? [] } },
    hiddenModprobe[0] === undefined
      ? {
          actual: {
            blacklisted,
            options: told.options,
            ...(install === undefined ? {} : { install: valueText(install) }),
          },
          facts: [...commandFacts("/install", told.install), ...commandFacts("/options", told.options)],
        }
      : unknown(["/blacklisted", "/install", "/options"], hiddenModprobe[0]),
    // What is named in one file is loaded whatever another one says.
    loadAtStart || hiddenLoads[0] === undefined
      ? { actual: { load_at_start: loadAtStart } }
      : unknown(["/load_at_start"], hiddenLoads[0]),
    { actual: files.length === 0 ? {} : { files } },
  ];
  const actual = Object.fromEntries(parts.flatMap((part) => Object.entries(part.actual)));
  return presentEntry(
    actual,
    parts.flatMap(({ facts = [] }) => facts),
  );
}

function unknown(paths: readonly string[], { reason, detail }: Unread): Part {
  return { actual: {}, facts: paths.map((path) => ({ path, fact: "unchecked", reason, detail })) };
}
