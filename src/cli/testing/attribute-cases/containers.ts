import { INSPECTED, INSPECTED_ID } from "../../../connectors/host/kinds/containers/fixtures/inspected.ts";
import type { Json } from "../../../model/json.ts";
import type { AttributeCases, KindCases } from "./attribute-case.ts";

const { Config, HostConfig, Mounts, State } = INSPECTED;

/** No engine runs in a machine: a program in place of its client prints what one would. */
function engine(container: object): string {
  return `mkdir -p /usr/local/sbin && cat > /usr/local/sbin/docker <<'PROGRAM'
#!/bin/sh
case $1 in
ps) echo ${INSPECTED_ID} ;;
inspect) cat <<'EOF'
${JSON.stringify([container])}
EOF
;;
esac
PROGRAM
chmod +x /usr/local/sbin/docker`;
}

const ID = "docker:web";
const changes = (declared: Readonly<Record<string, Json>>, container: object) => ({
  id: ID,
  declared,
  before: engine(INSPECTED),
  change: engine({ ...INSPECTED, ...container }),
});
const hostChanges = (declared: Readonly<Record<string, Json>>, host: object) =>
  changes(declared, { HostConfig: { ...HostConfig, ...host } });
const configChanges = (declared: Readonly<Record<string, Json>>, config: object) =>
  changes(declared, { Config: { ...Config, ...config } });

const CONTAINER: AttributeCases = {
  "/image": configChanges({ image: "nginx:1.27" }, { Image: "nginx:1.26" }),
  "/image_id": changes({ image_id: INSPECTED.Image }, { Image: `sha256:${"0".repeat(64)}` }),
  "/running": changes({ running: true }, { State: { ...State, Running: false } }),
  "/command": changes({ command: [INSPECTED.Path, ...INSPECTED.Args] }, { Args: ["nginx"] }),
  "/user": configChanges({ user: "" }, { User: "101" }),
  "/privileged": hostChanges({ privileged: false }, { Privileged: true }),
  "/capabilities": hostChanges({ capabilities: ["NET_ADMIN"] }, { CapAdd: ["NET_ADMIN", "SYS_ADMIN"] }),
  "/mounts": changes(
    { mounts: [":/tmp:rw", "/srv/web:/usr/share/nginx/html:ro", "cache:/cache:rw"] },
    { Mounts: [...Mounts, { Type: "bind", Source: "/var/run/docker.sock", Destination: "/s", RW: true }] },
  ),
  "/ports": hostChanges({ ports: ["0.0.0.0:8080->80/tcp", "127.0.0.1:8443->443/tcp"] }, { PortBindings: {} }),
  "/restart_policy": hostChanges({ restart_policy: "unless-stopped" }, { RestartPolicy: { Name: "no" } }),
  "/network_mode": hostChanges({ network_mode: "bridge" }, { NetworkMode: "host" }),
  "/pid_mode": hostChanges({ pid_mode: "" }, { PidMode: "host" }),
  "/ipc_mode": hostChanges({ ipc_mode: "" }, { IpcMode: "host" }),
  "/security_options": hostChanges({ security_options: [] }, { SecurityOpt: ["seccomp=unconfined"] }),
  "/devices": hostChanges({ devices: [] }, { Devices: [{ PathOnHost: "/dev/mem", PathInContainer: "/dev/mem" }] }),
  "/read_only": hostChanges({ read_only: false }, { ReadonlyRootfs: true }),
  "/environment": {
    ...configChanges({ environment: { PATH: "/usr/bin", TOKEN: "a=b" } }, { Env: ["PATH=/usr/bin"] }),
    changed: "/environment/TOKEN",
  },
  "/environment/*": {
    ...configChanges({ environment: { PATH: "/usr/bin" } }, { Env: ["PATH=/tmp", "TOKEN=a=b"] }),
    changed: "/environment/PATH",
  },
};

export const containersCases: KindCases = { "host/container": CONTAINER };
