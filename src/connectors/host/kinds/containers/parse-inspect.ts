import { createHash } from "node:crypto";
import { z } from "zod";
import { type JsonObject, setOwn } from "../../../../model/json.ts";
import { encodeId } from "../../ids.ts";

const Mount = z.looseObject({
  Type: z.string().optional(),
  Name: z.string().optional(),
  Source: z.string().default(""),
  Destination: z.string(),
  RW: z.boolean(),
});
const Binding = z.looseObject({ HostIp: z.string().default(""), HostPort: z.string().default("") });
const Device = z.looseObject({
  PathOnHost: z.string(),
  PathInContainer: z.string().default(""),
  CgroupPermissions: z.string().default("rwm"),
});
const texts = z.array(z.string()).nullish();

/** What is taken of one container, as docker and podman both print it. What stands beside it changes by itself or is not compared. */
const Inspected = z.looseObject({
  Name: z.string().min(1),
  Image: z.string(),
  Path: z.string(),
  Args: texts,
  State: z.looseObject({ Running: z.boolean() }),
  Config: z.looseObject({ Image: z.string().optional(), User: z.string().nullish(), Env: texts }),
  ImageName: z.string().optional(),
  HostConfig: z.looseObject({
    Privileged: z.boolean(),
    CapAdd: texts,
    RestartPolicy: z.looseObject({ Name: z.string() }).nullish(),
    NetworkMode: z.string(),
    PidMode: z.string().nullish(),
    IpcMode: z.string().nullish(),
    SecurityOpt: texts,
    Devices: z.array(Device).nullish(),
    ReadonlyRootfs: z.boolean(),
    PortBindings: z.record(z.string(), z.array(Binding).nullish()).nullish(),
  }),
  Mounts: z.array(Mount).nullish(),
});
type Inspected = z.infer<typeof Inspected>;

/** Containers by name as ids write it; undefined when the text is not what `inspect` prints. */
export function parseInspect(output: Uint8Array): ReadonlyMap<string, JsonObject> | undefined {
  const parsed = z.array(Inspected).safeParse(jsonOf(output));
  if (!parsed.success) return undefined;
  return new Map(parsed.data.map((container) => [idOf(container), attributesOf(container)]));
}

function jsonOf(output: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(output).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** docker writes a slash before the name. */
function idOf({ Name }: Inspected): string {
  return encodeId(Buffer.from(Name.replace(/^\//, "")));
}

function attributesOf(container: Inspected): JsonObject {
  const { Config: config, HostConfig: host } = container;
  return {
    image: container.ImageName ?? config.Image ?? "",
    image_id: container.Image.replace(/^(?=[0-9a-f]{64}$)/, "sha256:"),
    running: container.State.Running,
    command: [container.Path, ...(container.Args ?? [])],
    ...(config.User ? { user: config.User } : {}),
    mounts: (container.Mounts ?? []).map(mountText).sort(),
    ports: portTexts(host.PortBindings ?? {}),
    restart_policy: host.RestartPolicy?.Name || "no",
    ...confinementOf(host),
    environment: environmentOf(config.Env ?? []),
  };
}

/** How it is kept apart from the host. */
function confinementOf(host: Inspected["HostConfig"]): JsonObject {
  return {
    privileged: host.Privileged,
    capabilities: (host.CapAdd ?? []).map((name) => name.replace(/^CAP_/, "")).sort(),
    network_mode: host.NetworkMode === "default" ? "bridge" : host.NetworkMode,
    ...(host.PidMode && host.PidMode !== "private" ? { pid_mode: host.PidMode } : {}),
    ...(host.IpcMode === "host" ? { ipc_mode: "host" } : {}),
    ...listed("security_options", (host.SecurityOpt ?? []).map(optionText)),
    ...listed("devices", (host.Devices ?? []).map(deviceText)),
    read_only: host.ReadonlyRootfs,
  };
}

function listed(name: string, values: readonly string[]): JsonObject {
  return values.length === 0 ? {} : { [name]: [...values].sort() };
}

/** A profile stands there as a whole, under `seccomp=`. */
function optionText(option: string): string {
  const [, name, profile] = /^([\w-]+)[=:](\{.*)$/s.exec(option) ?? [];
  if (profile === undefined) return option;
  return `${name}=sha256:${createHash("sha256").update(profile).digest("hex")}`;
}

function deviceText({ PathOnHost, PathInContainer, CgroupPermissions }: z.infer<typeof Device>): string {
  return `${PathOnHost}:${PathInContainer || PathOnHost}:${CgroupPermissions}`;
}

/** The name of a volume that nobody named is made anew with every container. */
function mountText({ Type, Name, Source, Destination, RW }: z.infer<typeof Mount>): string {
  const isNameless = Name !== undefined && /^[0-9a-f]{64}$/.test(Name);
  const volume = isNameless ? "" : (Name ?? "");
  return `${Type === "volume" ? volume : Source}:${Destination}:${RW ? "rw" : "ro"}`;
}

type Bindings = NonNullable<Inspected["HostConfig"]["PortBindings"]>;

/** Without an address, or with that of every one, all of the host's answer. */
function portTexts(bindings: Bindings): readonly string[] {
  const ports = Object.entries(bindings).flatMap(([port, on]) =>
    (on ?? []).map(({ HostIp, HostPort }) => `${HostIp === "" ? "0.0.0.0" : HostIp}:${HostPort}->${port}`),
  );
  return [...new Set(ports)].sort();
}

/** What an engine puts there by itself, other with each container. */
const OWN_VARIABLES = new Set(["HOSTNAME", "container"]);

function environmentOf(variables: readonly string[]): JsonObject {
  const environment: { [name: string]: string } = {};
  for (const variable of variables) {
    const [name = ""] = variable.split("=", 1);
    if (!OWN_VARIABLES.has(name)) setOwn(environment, name, variable.slice(name.length + 1));
  }
  return environment;
}
