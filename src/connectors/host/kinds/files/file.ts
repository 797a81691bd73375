import type { HostKind } from "../../kind.ts";
import { eachOf } from "../../streams.ts";
import { fileFacts } from "./file.facts.ts";
import { readTree } from "./tree.ts";
import { treeCommands } from "./tree-commands.ts";

/** Whatever stands in the file system but directories. */
export const fileKind: HostKind = {
  facts: fileFacts,
  permissions: [
    {
      kinds: ["host/file"],
      access: "lstat(2) and readlink(2) of each path",
      needs: "search permission on the folders above it; root or CAP_DAC_READ_SEARCH for all",
      without: "files in folders that may not be searched",
    },
    {
      kinds: ["host/file"],
      access: "open(2) for reading, and SHA-256 of what is read",
      needs: "read permission on the file; root or CAP_DAC_READ_SEARCH for all",
      without: "sha256 of files that may not be read",
    },
    ...treeCommands("host/file"),
  ],
  read: (request, transport) => eachOf(readTree({ "host/file": request }, transport)),
};
