import { describe, expect, it } from "vitest";
import { INSPECTED } from "./fixtures/inspected.ts";
import { parseInspect } from "./parse-inspect.ts";

const parse = (value: unknown) => parseInspect(Buffer.from(JSON.stringify(value)));
const PLAIN = {
  image: "nginx:1.27",
  image_id: "sha256:72297848456d5d37d1262630108ab308d3e9ec7ed1c3286a32fe09856619a782",
  running: true,
  command: ["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"],
  privileged: false,
  capabilities: ["NET_ADMIN"],
  mounts: ["/srv/web:/usr/share/nginx/html:ro", ":/tmp:rw", "cache:/cache:rw"],
  ports: ["0.0.0.0:8080->80/tcp", "127.0.0.1:8443->443/tcp"],
  restart_policy: "unless-stopped",
  network_mode: "bridge",
  read_only: false,
  environment: { PATH: "/usr/bin", TOKEN: "a=b" },
};

describe("parseInspect", () => {
  it("takes of docker what people decided on", () => {
    expect(parse([INSPECTED])).toEqual(new Map([["web", PLAIN]]));
    expect(parse([])).toEqual(new Map());
  });

  it("shows what confines it less, and a profile by its digest", () => {
    const { HostConfig } = INSPECTED;
    const less = {
      IpcMode: "host",
      SecurityOpt: ["seccomp={}", "label=disable"],
      Devices: [{ PathOnHost: "/dev/mem", PathInContainer: "/dev/m", CgroupPermissions: "r" }],
    };
    expect(parse([{ ...INSPECTED, HostConfig: { ...HostConfig, ...less } }])?.get("web")).toEqual({
      ...PLAIN,
      ipc_mode: "host",
      security_options: [
        "label=disable",
        "seccomp=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
      ],
      devices: ["/dev/mem:/dev/m:r"],
    });
    const usual = { IpcMode: "private", SecurityOpt: null, Devices: [] };
    expect(parse([{ ...INSPECTED, HostConfig: { ...HostConfig, ...usual } }])?.get("web")).toEqual(PLAIN);
  });

  it("takes the same of podman, which writes some of it otherwise", () => {
    const { HostConfig, Config } = INSPECTED;
    const podman = {
      ...INSPECTED,
      Name: "web",
      Image: INSPECTED.Image.slice("sha256:".length),
      ImageName: "docker.io/library/nginx:1.27",
      Config: { ...Config, User: "101", Env: [...Config.Env, "container=podman"] },
      HostConfig: {
        ...HostConfig,
        CapAdd: null,
        PidMode: "private",
        RestartPolicy: { Name: "" },
        PortBindings: {},
        NetworkMode: "none",
      },
      Mounts: [],
    };
    expect(parse([podman])).toEqual(
      new Map([
        [
          "web",
          {
            ...PLAIN,
            image: "docker.io/library/nginx:1.27",
            user: "101",
            capabilities: [],
            mounts: [],
            ports: [],
            restart_policy: "no",
            network_mode: "none",
          },
        ],
      ]),
    );
  });

  it.each([
    null,
    {},
    "text",
    [null],
    [{ ...INSPECTED, State: {} }],
    [{ ...INSPECTED, Name: "" }],
    [{ ...INSPECTED, HostConfig: undefined }],
  ])("does not guess where the form is another: %j", (value) => {
    expect(parse(value)).toBeUndefined();
  });
});
