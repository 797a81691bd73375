import nodePath from "node:path/posix";
import { encodeId } from "../ids.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { type AttributeShape, BOOLEAN, NUMBER, NUMERIC_TEXT, TEXT, VERSION } from "./attribute-shape.ts";

/** How one resource type of goss is read. */
export interface ResourceType {
  /** The kinds that a resource of this type may be; all of them are absent when it must not exist. */
  readonly kinds: readonly string[];
  /** The key that says whether it exists; goss requires it. */
  readonly presence?: string;
  /** The key that names the resource, when its heading does not. */
  readonly name?: string;
  /** What the name is called in Leeway; a text that starts with "must" when it is none. */
  readonly id: (name: string) => { readonly id: string } | { readonly mistake: string };
  readonly attributes: Readonly<Record<string, GossAttribute>>;
  /** What goss can check and Leeway cannot, with the reason and what to do. */
  readonly refused: Readonly<Record<string, string>>;
  /** Keys that say how goss looks, not what should be. */
  readonly without?: readonly string[];
}

export interface GossAttribute {
  /** What it is called in Leeway. */
  readonly name: string;
  readonly shape: AttributeShape;
}

const FILE_TYPES: ReadonlyMap<string, string> = new Map([
  ["file", "file"],
  ["symlink", "link"],
  ["socket", "socket"],
  ["pipe", "fifo"],
  ["character-device", "character-device"],
  ["block-device", "block-device"],
  ["directory", "directory"],
]);

const CONTENT = "the content of files is not observed, only its digest: declare sha256 instead";

const file: ResourceType = {
  kinds: ["host/file", "host/directory"],
  presence: "exists",
  name: "path",
  id: pathId,
  attributes: {
    mode: { name: "mode", shape: TEXT },
    size: { name: "size", shape: NUMBER },
    owner: { name: "owner", shape: TEXT },
    group: { name: "group", shape: TEXT },
    uid: { name: "uid", shape: NUMBER },
    gid: { name: "gid", shape: NUMBER },
    filetype: { name: "type", shape: { type: "text", words: FILE_TYPES } },
    "linked-to": { name: "link_target", shape: TEXT },
    sha256: { name: "sha256", shape: TEXT },
  },
  refused: {
    contents: CONTENT,
    contains: CONTENT,
    md5: "it is not observed: declare sha256 instead",
    sha512: "it is not observed: declare sha256 instead",
  },
};

const packageType: ResourceType = {
  kinds: ["host/package"],
  presence: "installed",
  name: "name",
  id: asItIs,
  attributes: { versions: { name: "version", shape: VERSION } },
  refused: {},
  without: ["retry_count", "retry_delay"],
};

const service: ResourceType = {
  kinds: ["host/service"],
  name: "name",
  id: (name) => ({ id: UNIT.test(name) ? name : `${name}.service` }),
  attributes: { enabled: { name: "enabled", shape: BOOLEAN }, running: { name: "running", shape: BOOLEAN } },
  refused: { runlevels: "systemd has no run levels" },
};

const user: ResourceType = {
  kinds: ["host/user"],
  presence: "exists",
  name: "username",
  id: asItIs,
  attributes: {
    uid: { name: "uid", shape: NUMBER },
    gid: { name: "gid", shape: NUMBER },
    home: { name: "home", shape: TEXT },
    shell: { name: "shell", shape: TEXT },
    groups: {
      name: "groups",
      shape: {
        type: "set",
        only: {
          matchers: ["contain-element", "contain-elements", "and", "or"],
          reason: "goss counts the primary group among the groups, and Leeway has it as gid",
        },
      },
    },
  },
  refused: {},
};

const group: ResourceType = {
  kinds: ["host/group"],
  presence: "exists",
  name: "groupname",
  id: asItIs,
  attributes: { gid: { name: "gid", shape: NUMBER } },
  refused: {},
};

const port: ResourceType = {
  kinds: ["host/port"],
  presence: "listening",
  name: "port",
  id: (name) => ({ id: name.includes(":") ? name : `tcp:${name}` }),
  attributes: {
    // goss reads /proc/net/tcp6, where a socket of both families looks like one of IPv6 alone.
    ip: { name: "addresses", shape: { type: "set", spellings: new Map([["::", ["::", "*"]]]) } },
  },
  refused: {},
};

const kernelParam: ResourceType = {
  kinds: ["host/sysctl"],
  name: "name",
  id: asItIs,
  attributes: { value: { name: "value", shape: NUMERIC_TEXT } },
  refused: {},
};

const MOUNT_OPTIONS = {
  known: new Set(["rw", "ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "nosymfollow"]),
  reason: "goss has options of the file system under vfs-opts, and Leeway has both as one list",
};

const mount: ResourceType = {
  kinds: ["host/mount"],
  presence: "exists",
  name: "mountpoint",
  id: pathId,
  attributes: {
    source: { name: "source", shape: TEXT },
    filesystem: { name: "fstype", shape: TEXT },
    opts: {
      name: "options",
      shape: {
        type: "set",
        elements: MOUNT_OPTIONS,
        only: {
          matchers: ["contain-element", "contain-elements", "and", "or"],
          reason: MOUNT_OPTIONS.reason,
        },
      },
    },
  },
  refused: {
    "vfs-opts":
      "options of a mount and of its file system are observed as one list: declare a host/mount of Leeway's own",
    usage: "how full a file system is changes by itself",
  },
  without: ["timeout"],
};

const OBSERVED = new Set(hostKindFacts.map(({ kind }) => kind));

/** The resource types that Leeway reads, by their key in a goss file. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(
  Object.entries({
    file,
    package: packageType,
    service,
    user,
    group,
    port,
    "kernel-param": kernelParam,
    mount,
  }).filter(([, { kinds }]) => kinds.every((kind) => OBSERVED.has(kind))),
);

/** The other resource types of goss, and why each is not read. */
export const REFUSED_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    addr: "whether an address can be reached is no state of this host",
    command: "it runs a program, and Leeway only observes",
    dns: "what a name resolves to is no state of this host: declare its host/host-entry or host/resolver",
    gossfile: "files that include others are not read: put every file under the desired path, or run goss render",
    http: "the answer of a web server is no state of this host: declare the host/port that it listens on",
    interface: "network interfaces are not observed",
    matching: "it compares values of the goss file itself, and no state of the host",
    mount: "mounts are not observed",
    process: "processes are not observed: declare the service that runs it",
    registry: "only Linux hosts are observed",
  }).filter(([name]) => !RESOURCE_TYPES.has(name)),
);

/** Full names of units. */
const UNIT = /\.(?:service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$/;

function asItIs(name: string): { readonly id: string } {
  return { id: name };
}

/** goss takes a relative path from where it runs, and `~` from a user's home. */
function pathId(path: string): { readonly id: string } | { readonly mistake: string } {
  if (!path.startsWith("/")) return { mistake: "must be an absolute path" };
  const normal = nodePath.normalize(path);
  return { id: encodeId(Buffer.from(normal === "/" ? normal : normal.replace(/\/$/, ""))) };
}
