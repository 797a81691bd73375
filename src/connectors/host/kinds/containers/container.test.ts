import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { INSPECTED, INSPECTED_ID } from "./fixtures/inspected.ts";

const KIND = "host/container";
const asked = [{ id: "docker:web" }];

describeWith("machine", "containerKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  /** A program in place of the client, because no engine runs in a machine; what it prints has the documented form. */
  async function client(name: string, script: string): Promise<void> {
    await machine.must(["tee", `/usr/local/sbin/${name}`], { input: `#!/bin/sh\n${script}\n` });
    await sh(`chmod +x /usr/local/sbin/${name}`);
  }
  const prints = (document: unknown, code = 0) => `case $1 in
ps) echo ${INSPECTED_ID} ;;
inspect) cat <<'EOF'
${JSON.stringify(document)}
EOF
exit ${code} ;;
esac`;

  beforeAll(async () => {
    machine = await startMachine();
    await sh("rm -rf /usr/local/bin/docker /usr/bin/docker /usr/bin/podman /var/lib/docker /etc/docker");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is empty where there is no runtime, and where a client has no engine", async () => {
    const none = await observeIn(machine, KIND, { asked, inScope: true });
    expect(none.observations.get("docker:web")).toMatchObject({ status: "absent" });
    expect(none.listing).toMatchObject({ status: "listed" });
    await client("docker", "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1");
    const clientOnly = await observeIn(machine, KIND, { asked, inScope: true });
    expect(clientOnly.observations.get("docker:web")).toMatchObject({ status: "absent" });
    expect(clientOnly.listing).not.toHaveProperty("gaps");
  });

  it.each([
    [
      "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1",
      "unreachable",
    ],
    ["echo 'permission denied while trying to connect to the Docker daemon socket' >&2; exit 1", "denied"],
    ["echo nonsense", "failed"],
    [prints("nonsense"), "failed"],
    [prints([]), "vanished"],
    [prints([], 1), "vanished"],
  ])("keeps containers unchecked of an engine that gives no answer: %s", async (script, reason) => {
    await sh("mkdir -p /var/lib/docker");
    await client("docker", script);
    const { observations, listing } = await observeIn(machine, KIND, {
      asked: [...asked, { id: "podman:web" }],
      inScope: true,
    });
    expect(observations.get("docker:web")).toMatchObject({ status: "unchecked", reason });
    expect(observations.get("podman:web")).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({ status: "listed", gaps: [{ glob: "docker:**", reason }] });
  });

  it("shows what an engine tells, each runtime's under its own name", async () => {
    await client("docker", prints([INSPECTED]));
    await client("podman", prints([{ ...INSPECTED, Name: "web" }]));
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    expect([...observations.keys()]).toEqual(["docker:web", "podman:web"]);
    expect(observations.get("docker:web")).toMatchObject({ actual: { image: "nginx:1.27", running: true } });
    expect(listing).not.toHaveProperty("gaps");
  });
});
