import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, missing, unmanaged } from "./rule-parts.ts";

const CONTAINER = "host/container";
const KINDS = [CONTAINER];
const WEB = "docker:web";

function web(before: JsonObject, after: JsonObject): RuleExample {
  return changed(CONTAINER, WEB, { before, after });
}

/** A mount that gives the host away to whoever is in the container. */
const TAKEOVER =
  'mount.matches(r"^(/|/etc|/root|/boot|/proc|/sys|/dev|/var/lib/(docker|containers|kubelet)|/(var/)?run|.*/(docker|podman|containerd|crio)\\.sock):")';
/** Capabilities with which a container can leave itself or read what others do. */
const STRONG =
  'capability in ["ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH", "NET_ADMIN", "BPF", "SYS_BOOT"]';
/** Any of the ways in which a container is one in name only. */
const OPEN = `resource.actual.privileged == true || resource.actual.network_mode == "host" || resource.actual.pid_mode == "host"
  || resource.actual.mounts.exists(mount, ${TAKEOVER}) || resource.actual.capabilities.exists(capability, ${STRONG})`;

const isolationRules: readonly Rule[] = [
  {
    id: "host/container-privileged",
    kinds: KINDS,
    paths: ["/privileged"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Container {id} has every right on the host",
    examples: {
      fires: [web({ privileged: false }, { privileged: true })],
      silent: [web({ privileged: true }, { privileged: false })],
    },
  },
  {
    id: "host/container-in-host-namespace",
    kinds: KINDS,
    paths: ["/network_mode", "/pid_mode"],
    when: 'change.after == "host"',
    severity: "critical",
    type: "security",
    title: "Container {id} shares the host's own: {path} is host",
    examples: {
      fires: [
        web({ network_mode: "bridge" }, { network_mode: "host" }),
        web({ running: true }, { running: true, pid_mode: "host" }),
      ],
      silent: [web({ network_mode: "host" }, { network_mode: "bridge" })],
    },
  },
  {
    id: "host/container-mounts-host",
    kinds: KINDS,
    paths: ["/mounts"],
    when: `change.added.exists(mount, ${TAKEOVER})`,
    severity: "critical",
    type: "security",
    title: "Container {id} can reach what governs the host: {added}",
    examples: {
      fires: [
        web({ mounts: [] }, { mounts: ["/var/run/docker.sock:/var/run/docker.sock:rw"] }),
        web({ mounts: [] }, { mounts: ["/:/host:ro"] }),
      ],
      silent: [web({ mounts: [] }, { mounts: ["/srv/web:/web:ro"] }), web({ mounts: ["/etc:/e:rw"] }, { mounts: [] })],
    },
  },
  {
    id: "host/container-capability-added",
    kinds: KINDS,
    paths: ["/capabilities"],
    when: "size(change.added) > 0",
    severity: "critical",
    type: "security",
    title: "Container {id} may do more on the host: {added}",
    examples: {
      fires: [web({ capabilities: [] }, { capabilities: ["SYS_ADMIN"] })],
      silent: [web({ capabilities: ["SYS_ADMIN"] }, { capabilities: [] })],
    },
  },
  {
    id: "host/container-unconfined",
    kinds: KINDS,
    paths: ["/security_options", "/devices"],
    when: 'change.added.exists(each, each.matches(r"unconfined|disable|^/dev/"))',
    severity: "critical",
    type: "security",
    title: "Container {id} is less confined: {added}",
    examples: {
      fires: [
        web({ security_options: [] }, { security_options: ["seccomp=unconfined"] }),
        web({ devices: [] }, { devices: ["/dev/mem:/dev/mem:rwm"] }),
      ],
      silent: [web({ security_options: [] }, { security_options: ["no-new-privileges"] })],
    },
  },
  {
    id: "host/container-shares-memory",
    kinds: KINDS,
    paths: ["/ipc_mode"],
    when: 'change.after == "host"',
    severity: "critical",
    type: "security",
    title: "Container {id} shares the memory of the host's processes",
    examples: {
      fires: [web({}, { ipc_mode: "host" })],
      silent: [web({ ipc_mode: "host" }, { ipc_mode: "" })],
    },
  },
  {
    id: "host/container-confined",
    kinds: KINDS,
    paths: ["/privileged", "/capabilities", "/network_mode", "/pid_mode", "/ipc_mode", "/security_options", "/devices"],
    severity: "informational",
    type: "security",
    title: "Container {id} is kept apart from the host otherwise: {path} is {after} instead of {before}",
    examples: {
      fires: [
        web({ privileged: true }, { privileged: false }),
        web({ capabilities: ["SYS_ADMIN"] }, { capabilities: [] }),
      ],
      silent: [web({ privileged: false }, { privileged: true })],
    },
  },
  {
    id: "host/container-became-writable",
    kinds: KINDS,
    paths: ["/read_only"],
    when: "change.after == false",
    severity: "warning",
    type: "security",
    title: "Container {id} can write its own file system",
    examples: {
      fires: [web({ read_only: true }, { read_only: false })],
      silent: [web({ read_only: false }, { read_only: true })],
    },
  },
  {
    id: "host/container-port-published",
    kinds: KINDS,
    paths: ["/ports"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "Container {id} can be reached at more of the host's ports: {added}",
    examples: {
      fires: [web({ ports: [] }, { ports: ["0.0.0.0:8080->80/tcp"] })],
      silent: [web({ ports: ["0.0.0.0:8080->80/tcp"] }, { ports: [] })],
    },
  },
  {
    id: "host/container-became-root",
    kinds: KINDS,
    paths: ["/user"],
    when: 'change.after == null || change.after == "" || change.after == "root" || change.after == "0"',
    severity: "warning",
    type: "security",
    title: "Container {id} no longer runs as {before}, but as its image says or as root",
    examples: {
      fires: [web({ user: "101" }, { user: "root" }), web({ user: "101" }, { user: null })],
      silent: [web({ user: "root" }, { user: "101" })],
    },
  },
];

const stateRules: readonly Rule[] = [
  {
    id: "host/container-code-injected",
    kinds: KINDS,
    paths: ["/environment/*"],
    when: 'change.after != null && change.path.matches(r"/(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|PATH|NODE_OPTIONS|PYTHONPATH|PYTHONSTARTUP|JAVA_TOOL_OPTIONS|BASH_ENV)$")',
    severity: "critical",
    type: "security",
    title: "What runs in container {id} can be another program: {path} changed",
    examples: {
      fires: [web({ environment: {} }, { environment: { LD_PRELOAD: "/tmp/x.so" } })],
      silent: [web({ environment: {} }, { environment: { LOG_LEVEL: "debug" } })],
    },
  },
  {
    id: "host/container-image-changed",
    kinds: KINDS,
    paths: ["/image", "/image_id"],
    severity: "warning",
    type: "functional",
    title: "Container {id} is made from another image: {path} is {after} instead of {before}",
    examples: {
      fires: [web({ image: "nginx:1.27" }, { image: "nginx:1.26" })],
      silent: [web({ running: true }, { running: false })],
    },
  },
  {
    id: "host/container-stopped",
    kinds: KINDS,
    paths: ["/running"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "Container {id} no longer runs",
    examples: {
      fires: [web({ running: true }, { running: false })],
      silent: [web({ running: false }, { running: true })],
    },
  },
  {
    id: "host/container-set-up-otherwise",
    kinds: KINDS,
    paths: ["/command", "/user", "/mounts", "/environment/*", "/restart_policy"],
    severity: "warning",
    type: "functional",
    title: "Container {id} is set up otherwise: {path} changed",
    examples: {
      fires: [
        web({ command: ["nginx"] }, { command: ["nginx", "-t"] }),
        web({ restart_policy: "always" }, { restart_policy: "no" }),
      ],
      silent: [web({ running: true }, { running: false })],
    },
  },
  {
    id: "host/open-container-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged"],
    when: OPEN,
    severity: "critical",
    type: "security",
    title: "Container {id}, which nobody declared, can govern the host",
    examples: {
      fires: [
        unmanaged(CONTAINER, "docker:x", { privileged: true }),
        unmanaged(CONTAINER, "podman:x", { mounts: ["/:/host:rw"] }),
        unmanaged(CONTAINER, "docker:x", { capabilities: ["SYS_ADMIN"] }),
      ],
      silent: [unmanaged(CONTAINER, "docker:x", { privileged: false, network_mode: "bridge" })],
    },
  },
  {
    id: "host/container-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged"],
    severity: "warning",
    type: "security",
    title: "Container {id} is there, but not declared",
    examples: {
      fires: [unmanaged(CONTAINER, "docker:x", { image: "alpine", network_mode: "bridge" })],
      silent: [missing(CONTAINER, WEB, { image: "nginx:1.27" })],
    },
  },
  {
    id: "host/container-gone",
    kinds: KINDS,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Container {id} is gone",
    examples: {
      fires: [missing(CONTAINER, WEB, { image: "nginx:1.27" })],
      silent: [unmanaged(CONTAINER, WEB, { image: "nginx:1.27" })],
    },
  },
];

/** Containers: what keeps them apart from the host, and what they run. */
export const containerRules: readonly Rule[] = [...isolationRules, ...stateRules];
