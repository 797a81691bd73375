import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, list, unmanaged } from "./rule-parts.ts";

const ENVIRONMENT = "host/environment";
const KINDS = [ENVIRONMENT];
const EACH = ["/variables/*"];

/** What the loader and every shell obey: whoever sets one has code of his own run in every program. */
const LOADER = ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH", "BASH_ENV", "ENV"];
/** What a language loads before, or instead of, the program itself. */
const RUNTIME = [
  "NODE_OPTIONS",
  "NODE_PATH",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "PYTHONHOME",
  "PERL5LIB",
  "PERL5OPT",
  "RUBYLIB",
  "RUBYOPT",
  "JAVA_TOOL_OPTIONS",
  "_JAVA_OPTIONS",
  "JDK_JAVA_OPTIONS",
  "CLASSPATH",
];
/** Whom programs trust over TLS. */
const TRUST = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "PYTHONHTTPSVERIFY",
  "GIT_SSL_NO_VERIFY",
];
const PROXY = "(?i)^/variables/(http|https|ftp|all|no|rsync|socks)_proxy$";

function isOneOf(names: readonly string[]): string {
  return `change.path.matches(r"^/variables/(${names.join("|")})$")`;
}

function web(before: JsonObject, after: JsonObject): RuleExample {
  return changed(ENVIRONMENT, "web.service", { before: { variables: before }, after: { variables: after } });
}

const injectionRules: readonly Rule[] = [
  {
    id: "host/environment-code-injected",
    kinds: KINDS,
    paths: EACH,
    when: `change.after != null && (${isOneOf(LOADER)} || (change.before == null && ${isOneOf(RUNTIME)}))`,
    severity: "critical",
    type: "security",
    title: "What {id} runs can have other code loaded into it: {path} is set",
    examples: {
      fires: [
        web({}, { LD_PRELOAD: "/tmp/x.so" }),
        web({ LD_LIBRARY_PATH: "/opt/lib" }, { LD_LIBRARY_PATH: "/tmp" }),
        web({}, { NODE_OPTIONS: "--require /tmp/x.js" }),
      ],
      silent: [
        web({ LD_PRELOAD: "/tmp/x.so" }, {}),
        web({ NODE_OPTIONS: "--max-old-space-size=512" }, { NODE_OPTIONS: "--max-old-space-size=1024" }),
        web({}, { LOG_LEVEL: "debug" }),
      ],
    },
  },
  {
    id: "host/environment-that-injects-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: `resource.actual.variables.exists(name, name in ${list([...LOADER, ...RUNTIME])})`,
    severity: "critical",
    type: "security",
    title: "The environment of {id}, which is not declared, can have other code loaded into what runs",
    examples: {
      fires: [unmanaged(ENVIRONMENT, "web.service", { variables: { LD_PRELOAD: "/tmp/x.so" } })],
      silent: [unmanaged(ENVIRONMENT, "web.service", { variables: { LOG_LEVEL: "debug" } })],
    },
  },
  {
    id: "host/environment-path-open",
    kinds: KINDS,
    paths: ["/path_risks"],
    when: "size(change.added) > 0",
    severity: "critical",
    type: "security",
    title: "Others can put programs where {id} looks for them: {added}",
    examples: {
      fires: [changed(ENVIRONMENT, "web.service", { before: { path_risks: [] }, after: { path_risks: ["/tmp"] } })],
      silent: [changed(ENVIRONMENT, "web.service", { before: { path_risks: ["/tmp"] }, after: { path_risks: [] } })],
    },
  },
  {
    id: "host/open-path-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: "size(resource.actual.path_risks) > 0",
    severity: "warning",
    type: "security",
    title: "Others can put programs where {id}, which is not declared, looks for them",
    examples: {
      fires: [unmanaged(ENVIRONMENT, "/etc/environment", { variables: {}, path_risks: ["relative entry 1"] })],
      silent: [unmanaged(ENVIRONMENT, "/etc/environment", { variables: {}, path_risks: [] })],
    },
  },
  {
    id: "host/environment-loads-otherwise",
    kinds: KINDS,
    paths: EACH,
    when: `change.after != null && ${isOneOf(["PATH", ...RUNTIME])}`,
    severity: "warning",
    type: "security",
    title: "What {id} runs can be other code: {path} changed",
    examples: {
      fires: [
        web({ PATH: "/usr/bin" }, { PATH: "/opt/bin:/usr/bin" }),
        web({ PYTHONPATH: "/a" }, { PYTHONPATH: "/b" }),
      ],
      silent: [web({ PATH: "/usr/bin" }, {}), web({ LOG_LEVEL: "info" }, { LOG_LEVEL: "debug" })],
    },
  },
];

const otherRules: readonly Rule[] = [
  {
    id: "host/environment-trust-changed",
    kinds: KINDS,
    paths: EACH,
    when: `change.after != null && ${isOneOf(TRUST)}`,
    severity: "warning",
    type: "security",
    title: "{id} may trust others over TLS than before: {path} changed",
    examples: {
      fires: [web({}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" })],
      silent: [web({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }, {})],
    },
  },
  {
    id: "host/environment-proxy-changed",
    kinds: KINDS,
    paths: EACH,
    when: `change.path.matches(r"${PROXY}")`,
    severity: "warning",
    type: "security",
    title: "What {id} sends takes another way: {path} changed",
    examples: {
      fires: [
        web({}, { http_proxy: "http://10.0.0.9:3128" }),
        web({ HTTPS_PROXY: "http://proxy" }, { HTTPS_PROXY: "http://other" }),
        web({ no_proxy: "localhost" }, {}),
      ],
      silent: [web({}, { PROXY_TIMEOUT: "5" })],
    },
  },
  {
    id: "host/environment-file-unusable",
    kinds: KINDS,
    paths: ["/unusable_files"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "functional",
    title: "{id} can no longer start: its variables cannot be read from {added}",
    examples: {
      fires: [
        changed(ENVIRONMENT, "web.service", {
          before: { unusable_files: [] },
          after: { unusable_files: ["/etc/web"] },
        }),
      ],
      silent: [
        changed(ENVIRONMENT, "web.service", {
          before: { unusable_files: ["/etc/web"] },
          after: { unusable_files: [] },
        }),
      ],
    },
  },
  {
    id: "host/environment-changed",
    kinds: KINDS,
    paths: [...EACH, "/passed", "/environment_files", "/environment_files/*"],
    severity: "warning",
    type: "functional",
    title: "The environment of {id} is another: {path} changed",
    examples: {
      fires: [
        web({ LOG_LEVEL: "info" }, { LOG_LEVEL: "debug" }),
        web({ LOG_LEVEL: "info" }, {}),
        changed(ENVIRONMENT, "web.service", { before: { passed: [] }, after: { passed: ["HOME"] } }),
      ],
      silent: [changed(ENVIRONMENT, "web.service", { before: { path_risks: ["/tmp"] }, after: { path_risks: [] } })],
    },
  },
];

/** What services and those who log in find in their environment. */
export const environmentRules: readonly Rule[] = [...injectionRules, ...otherRules];
