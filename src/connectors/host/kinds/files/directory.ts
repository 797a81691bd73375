import type { HostKind } from "../../kind.ts";
import { eachOf } from "../../streams.ts";
import { directoryFacts } from "./file.facts.ts";
import { readTree } from "./tree.ts";
import { treeCommands } from "./tree-commands.ts";

/** Directories themselves, without what stands in them. */
export const directoryKind: HostKind = {
  facts: directoryFacts,
  permissions: [
    {
      kinds: ["host/directory"],
      access: "lstat(2) of each path",
      needs: "search permission on the folders above it; root or CAP_DAC_READ_SEARCH for all",
      without: "directories in folders that may not be searched",
    },
    {
      kinds: ["host/directory", "host/file"],
      access: "getdents(2) of each folder in scope",
      needs: "read and search permission on the folder; root or CAP_DAC_READ_SEARCH for all",
      without: "unmanaged files and directories in folders that may not be listed",
    },
    ...treeCommands("host/directory"),
  ],
  read: (request, transport) => eachOf(readTree({ "host/directory": request }, transport)),
};
