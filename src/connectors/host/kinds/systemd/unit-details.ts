import type { JsonObject } from "../../../../model/json.ts";
import { type ByteText, valueText } from "../bytes.ts";
import type { UnitProperties } from "./parse-properties.ts";

export const DETAIL_PROPERTIES =
  "ExecStart,User,DynamicUser,FragmentPath,DropInPaths,NoNewPrivileges,PrivateTmp,ProtectSystem,ProtectHome";

/**
 * How a unit is set up, of what systemd has loaded: nothing of process numbers, times and states. A masked unit has nothing to show,
 * and only services run programs.
 */
export function unitDetails(unit: UnitProperties): JsonObject {
  if (unit.value("LoadState") !== "loaded") return {};
  return { ...(unit.value("Id").endsWith(".service") ? serviceDetails(unit) : {}), ...unitFiles(unit) };
}

/** Where a unit's settings come from. */
export function unitFiles(unit: UnitProperties): JsonObject {
  const path = unit.value("FragmentPath");
  return {
    ...(path === "" ? {} : { fragment_path: valueText(path) }),
    drop_ins: quotedWords(unit.value("DropInPaths")).map(valueText),
  };
}

function serviceDetails(unit: UnitProperties): JsonObject {
  return {
    exec_start: unit.values("ExecStart").flatMap((command) => commandLine(command)),
    user: userOf(unit),
    no_new_privileges: unit.value("NoNewPrivileges") === "yes",
    private_tmp: unit.value("PrivateTmp") !== "no" && unit.value("PrivateTmp") !== "",
    protect_system: valueText(unit.value("ProtectSystem")),
    protect_home: valueText(unit.value("ProtectHome")),
  };
}

/** A service without a user runs as root; one with a dynamic user as one that nobody else is. */
function userOf(unit: UnitProperties): string {
  const user = unit.value("User");
  if (user !== "") return valueText(user);
  return unit.value("DynamicUser") === "yes" ? "dynamic" : "root";
}

const COMMAND = /^\{ path=(.*?) ; argv\[\]=(.*) ; ignore_errors=(yes|no) ; start_time=/;

/** As the unit has it: a hyphen before a command whose failure counts for nothing. systemd prints arguments without quotes. */
function commandLine(text: ByteText): readonly string[] {
  const [, path, argv, ignored] = COMMAND.exec(text) ?? [];
  if (path === undefined || argv === undefined) return [];
  // The program may be told another name than its own.
  const line = argv === path || argv.startsWith(`${path} `) ? argv : `@${path} ${argv}`;
  return [valueText(`${ignored === "yes" ? "-" : ""}${line}`)];
}

/** Words parted by blanks; one that holds blanks stands in quotes, with backslashes before quotes and backslashes. */
export function quotedWords(text: ByteText): readonly ByteText[] {
  return Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"|[^ ]+/g), ([word, quoted]) =>
    quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1"),
  );
}
