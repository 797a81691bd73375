import type { Permission } from "../../../../connector.ts";
import { GETENT } from "../accounts/accounts.ts";
import { commandPermission } from "../command.ts";
import { DPKG_DUMPS } from "../packages/installed/dpkg.ts";
import { LISTS_COMMAND } from "../packages/installed/dpkg-lists.ts";
import { GETFATTR } from "./extended/read-extended.ts";
import { LSATTR } from "./extended/read-flags.ts";
import type { TreeKind } from "./path.ts";

/** The commands that a walk runs, whichever of the two kinds it is for. */
export function treeCommands(kind: TreeKind): readonly Permission[] {
  const kinds = [kind];
  return [
    commandPermission(GETFATTR, {
      kinds,
      operands: "PATH…",
      needs: "anyone; read permission on the file for user.*, root or CAP_SYS_ADMIN for trusted.*",
      without: "access lists, capabilities, the SELinux context and other extended attributes",
    }),
    commandPermission(LSATTR, {
      kinds,
      operands: "PATH…",
      needs: "read permission; root or CAP_DAC_READ_SEARCH for all",
      without: "whether it is immutable or can only be appended to",
    }),
    ...[GETENT.passwd, GETENT.group].map((argv) =>
      commandPermission(argv, {
        kinds,
        operands: "NUMBER",
        needs: "anyone",
        without: "owner or group where their names stand in no file of the host",
      }),
    ),
    commandPermission(LISTS_COMMAND, {
      kinds,
      operands: "START|=PATH…",
      needs: "anyone, as the files are installed",
      without: "what packages put where",
    }),
    ...DPKG_DUMPS.map((argv) =>
      commandPermission(argv, {
        kinds,
        needs: "anyone, as the files are installed",
        without: "what packages put where",
      }),
    ),
  ];
}
