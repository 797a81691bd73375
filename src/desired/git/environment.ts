/** Variables with which a caller (a Git hook) points git at another repository, index or history than the folder it runs in. */
const LOCATION = new Set([
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_GRAFT_FILE",
  "GIT_SHALLOW_FILE",
  "GIT_REPLACE_REF_BASE",
]);

/** Settings that hold for every call: nothing asks, nothing is written beside what was asked for, no program is started. */
const FIXED: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  LANGUAGE: "",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_LITERAL_PATHSPECS: "1",
  // A commit id must mean the commit of that id.
  GIT_NO_REPLACE_OBJECTS: "1",
  // Overrides `protocol.*` of every configuration file, for URLs rewritten by `url.*.insteadOf` too.
  GIT_ALLOW_PROTOCOL: "file:ssh:https",
  // ssh asks on the terminal otherwise; a helper that answers nothing makes it fail instead.
  SSH_ASKPASS: "false",
  SSH_ASKPASS_REQUIRE: "force",
};

/** The environment that git runs in, made of the caller's: credentials and proxies stay, what redirects git goes. */
export function gitEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !LOCATION.has(name) && !name.startsWith("GIT_TRACE"));
  return { ...Object.fromEntries(kept), ...FIXED };
}

/** Options before the command: no remote helper, no file-system monitor, no background work, no recursion into submodules. */
export const GIT_OPTIONS: readonly string[] = [
  "-c",
  "protocol.ext.allow=never",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "submodule.recurse=false",
  "-c",
  "fetch.recurseSubmodules=false",
  "-c",
  "gc.autoDetach=false",
];
