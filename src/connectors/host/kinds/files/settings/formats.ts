import type { JsonObject } from "../../../../../model/json.ts";
import { parseEnv } from "./env.ts";
import { parseIni } from "./ini.ts";
import { parseKeyValue } from "./key-value.ts";
import { parseLimits, parsePamSettings } from "./security.ts";
import { parseSsh } from "./ssh.ts";
import { parseJsonSettings, parseTomlSettings, parseYamlSettings } from "./structured.ts";
import { parseSudoersSettings } from "./sudoers.ts";

/** A format of configuration files that is read into settings. */
export interface Format {
  readonly name: string;
  /** The files that are of it, by path. */
  readonly files: RegExp;
  /** The settings that a text holds: what has a meaning and nothing else. Undefined when it is not of this format. */
  readonly parse: (text: string) => JsonObject | undefined;
  /** Which values may be secrets: all, those whose key or text looks so, or, of a closed vocabulary, those of these keys. */
  readonly secrets: "all" | "by-look" | RegExp;
}

const NEVER = /(?!)/;
const UNIT =
  /^\/(?:etc|run|usr\/lib|usr\/local\/lib|lib)\/systemd\/.+\.(?:service|socket|timer|mount|automount|path|slice|target|swap|scope|network|netdev|link|nspawn|conf)$/;

/** The first that a path matches is the format of the file. */
const FORMATS: readonly Format[] = [
  {
    name: "ssh",
    files: /^\/etc\/ssh\/(?:sshd?_config|sshd?_config\.d\/[^/]+\.conf)$/,
    parse: parseSsh,
    secrets: /^setenv$/i,
  },
  {
    name: "systemd",
    files: UNIT,
    parse: (text) => parseIni(text, { continued: true }),
    secrets: "by-look",
  },
  {
    name: "sysctl",
    files: /^\/(?:etc|run|usr\/lib|usr\/local\/lib|lib)\/sysctl(?:\.conf|\.d\/[^/]+\.conf)$/,
    parse: (text) => parseKeyValue(text, "="),
    secrets: /fastopen_key$|stable_secret$/,
  },
  {
    name: "sudoers",
    // Files whose name has a dot or ends in a tilde sudo passes over.
    files: /^\/etc\/sudoers(?:\.d\/[^/.]*[^/.~])?$/,
    parse: parseSudoersSettings,
    secrets: NEVER,
  },
  { name: "pam", files: /^\/etc\/pam\.d\/[^/]+$/, parse: parsePamSettings, secrets: "by-look" },
  { name: "limits", files: /^\/etc\/security\/limits(?:\.conf|\.d\/[^/]+\.conf)$/, parse: parseLimits, secrets: NEVER },
  {
    name: "security",
    files: /^\/etc\/security\/(?:faillock|pwhistory|pwquality)(?:\.conf|\.conf\.d\/[^/]+\.conf)$/,
    parse: (text) => parseIni(text, { inline: "#", flags: true }),
    secrets: NEVER,
  },
  {
    name: "words",
    files: /^\/etc\/(?:login\.defs|resolv\.conf|host\.conf)$/,
    parse: (text) => parseKeyValue(text, " "),
    secrets: NEVER,
  },
  { name: "nsswitch", files: /^\/etc\/nsswitch\.conf$/, parse: (text) => parseKeyValue(text, ":"), secrets: NEVER },
  {
    name: "env",
    files: /^\/etc\/(?:environment|(?:default|sysconfig)\/[^/]+)$|\/(?:[^/]*\.env|\.env\.[^/]+)$/,
    parse: parseEnv,
    secrets: "all",
  },
  {
    name: "git",
    files: /^\/etc\/gitconfig$|\/\.gitconfig$|\/\.git\/config$/,
    parse: (text) => parseIni(text, { inline: "#;", flags: true, continued: true }),
    secrets: "by-look",
  },
  {
    name: "mysql",
    files: /^\/etc\/(?:my\.cnf|(?:mysql|my\.cnf\.d|mariadb)\/.+\.cnf)$|\/\.my\.cnf$/,
    parse: (text) => parseIni(text, { inline: "#", flags: true, unquoted: true }),
    secrets: "by-look",
  },
  { name: "ini", files: /\.ini$/, parse: (text) => parseIni(text, { unquoted: true }), secrets: "by-look" },
  { name: "json", files: /\.json$/, parse: parseJsonSettings, secrets: "by-look" },
  { name: "yaml", files: /\.ya?ml$/, parse: parseYamlSettings, secrets: "by-look" },
  { name: "toml", files: /\.toml$/, parse: parseTomlSettings, secrets: "by-look" },
];

/** What comes with programs or is their data: thousands of files that nobody sets anything in. */
const NO_SETTINGS =
  /^\/(?:usr\/(?!local\/etc\/|lib\/(?:systemd|sysctl\.d)\/)|var\/(?:lib|cache)\/|proc\/|sys\/)|\/node_modules\//;

/** The format of the file with this id; undefined when it is none that is known. */
export function formatOf(id: string): Format | undefined {
  return NO_SETTINGS.test(id) ? undefined : FORMATS.find(({ files }) => files.test(id));
}
