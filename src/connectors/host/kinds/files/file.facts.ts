import type { AttributeFacts, KindFacts } from "../../../../model/facts.ts";

/**
 * An absolute path without empty, `.` or `..` steps. `%` stands only before the two digits of a byte that must be written so:
 * a control character, `%` itself, or one that is no part of UTF-8.
 */
const PATH = {
  description:
    "the absolute path; bytes that are not UTF-8, control characters and % are written %XX in upper-case hexadecimal",
  pattern: "^(?:/|(?:/(?!\\.{1,2}(?:/|$))(?:[^/%\\u0000-\\u001f\\u007f]|%(?:25|[01][0-9A-F]|7F|[89A-F][0-9A-F]))+)+)$",
} as const;

/**
 * Names are compared, numbers are `computed`: one chown is one change, yet a declared number is held to, and a name that
 * comes to mean another number still differs where the number is declared.
 */
const OWNERSHIP: readonly AttributeFacts[] = [
  {
    path: "/owner",
    type: "string",
    description: "Name of the owning user, or the number as text when no user has it",
  },
  {
    path: "/group",
    type: "string",
    description: "Name of the owning group, or the number as text when no group has it",
  },
  {
    path: "/uid",
    type: "integer",
    description: "Number of the owning user; compared where declared",
    roles: ["computed"],
  },
  {
    path: "/gid",
    type: "integer",
    description: "Number of the owning group; compared where declared",
    roles: ["computed"],
  },
];

/** Who put it there is told, not compared; it explains what differs with the package. */
const INSTALLED: readonly AttributeFacts[] = [
  {
    path: "/installed_by",
    type: "string",
    description: "The package that put it there, with its version; only where it is as the package put it",
    roles: ["evidence"],
  },
];
const ALTERED: AttributeFacts = {
  path: "/altered_from",
  type: "string",
  description: "The package that put a file there which is no longer as the package put it, with its version",
  roles: ["evidence"],
};

const PROVENANCE = { by: "package", path: "/installed_by", altered: "/altered_from" } as const;

function modeFacts(description: string): AttributeFacts {
  return {
    path: "/mode",
    type: "string",
    description,
    semantics: "file-mode",
    form: { pattern: "^[0-7]{4}$", example: "0600" },
  };
}

/** What stands beside the content of a file; each is there only where the file has some. */
const EXTENDED: readonly AttributeFacts[] = [
  {
    path: "/acl",
    type: "list",
    description:
      "Access of single users and groups beyond the mode, such as user:ada:rw-, with that of the owning group",
    semantics: "set",
  },
  { path: "/selinux", type: "string", description: "The SELinux context" },
  {
    path: "/xattrs",
    type: "object",
    description: "Other extended attributes by name; a value that is no text is base64: and its bytes",
  },
];

const FLAGS: AttributeFacts = {
  path: "/flags",
  type: "list",
  description:
    "Which of immutable (nobody can change it, root included) and append_only it is, as lsattr tells; there only where it is one",
  semantics: "set",
};

const CAPABILITIES: AttributeFacts = {
  path: "/capabilities",
  type: "string",
  description: "Capabilities that a program gets, as getcap writes them, such as cap_net_raw=ep",
};

const DEFAULT_ACL: AttributeFacts = {
  path: "/default_acl",
  type: "list",
  description: "Access that what is made in the directory gets",
  semantics: "set",
};

export const fileFacts: KindFacts = {
  kind: "host/file",
  summary: "Anything in the file system but a directory: a regular file, a link, a pipe, a socket, a device",
  id: { ...PATH, example: "/etc/ssh/sshd_config" },
  attributes: [
    {
      path: "/type",
      type: "string",
      description: "What it is: file, link, fifo, socket, character-device or block-device",
      form: { pattern: "^(?:file|link|fifo|socket|character-device|block-device)$", example: "file" },
    },
    modeFacts("Permission bits with setuid, setgid and sticky, as four octal digits; none for a link"),
    ...OWNERSHIP,
    {
      path: "/size",
      type: "integer",
      description: "Bytes of content; of a regular file only, compared where declared",
      roles: ["computed"],
      shownBy: "/settings",
    },
    {
      path: "/sha256",
      type: "string",
      description: "SHA-256 of the content in lower-case hexadecimal; of a regular file only",
      form: { pattern: "^[0-9a-f]{64}$", example: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
      digestOf: { text: "content", file: "source" },
      shownBy: "/settings",
    },
    {
      path: "/settings",
      type: "object",
      description: "What a file of a known format sets, without its comments and white space",
    },
    {
      path: "/content",
      type: "string",
      description: "The text that is declared, to show what changed in it",
      roles: ["input"],
    },
    {
      path: "/diff",
      type: "string",
      description: "What changed from the declared text to the one that is there, secrets masked",
      roles: ["evidence"],
    },
    ...EXTENDED,
    CAPABILITIES,
    FLAGS,
    {
      path: "/link_target",
      type: "string",
      description: "Where a link points, as it is written in the link; bytes are written as in an id",
    },
    ...INSTALLED,
    ALTERED,
  ],
  emptyIs: "value",
  provenance: { ...PROVENANCE, covers: ["/type", "/sha256", "/size", "/settings", "/link_target"] },
  identity: ["/type", "/mode", "/owner", "/group", "/sha256", "/link_target"],
  read: "lstat and readlink; open (never following a link, never blocking) and SHA-256 of regular files",
};

export const directoryFacts: KindFacts = {
  kind: "host/directory",
  summary: "A directory itself; what stands in it are resources of their own",
  id: { ...PATH, example: "/etc/ssh" },
  attributes: [
    modeFacts("Permission bits with setuid, setgid and sticky, as four octal digits"),
    ...OWNERSHIP,
    ...INSTALLED,
    ...EXTENDED,
    DEFAULT_ACL,
    FLAGS,
  ],
  emptyIs: "value",
  provenance: { ...PROVENANCE, covers: [] },
  read: "lstat and, for what is in scope, readdir",
};
