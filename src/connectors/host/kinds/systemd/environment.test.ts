import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isJsonObject } from "../../../../model/json.ts";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { startSshServer } from "../../../../testing/ssh-server.ts";
import { openSshTransport } from "../../ssh/ssh-transport.ts";
import { environmentKind } from "./environment.ts";

const KIND = "host/environment";
/** What every service of systemd finds, besides what it sets. */
const GIVEN = ["LANG", "PATH", "INVOCATION_ID", "SYSTEMD_EXEC_PID", "JOURNAL_STREAM"];
const NASTY = `A=from file
 B="x y"
E="a'b"c"d
F=a\\
b
N='a'  "b" c "d"
Q='multi
line'
R="a\\"b\\n\\$x\\
y"
; S=x
noequals
X-Y=1
U=a\\\t \\ 
V=é
`;

describeWith("machine", "environmentKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const write = (path: string, text: string | Uint8Array) => machine.must(["tee", path], { input: text });
  const writeUnit = async (name: string, settings: string) => {
    await write(`/etc/systemd/system/${name}`, `[Service]\nType=oneshot\n${settings}\nExecStart=/usr/bin/env -0\n`);
    await machine.must(["systemctl", "daemon-reload"]);
  };
  const variablesOf = async (id: string) => {
    const { variables } = await attributesIn(machine, KIND, id);
    return isJsonObject(variables) ? variables : {};
  };
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("reads the variables of a service as the service sees them", async () => {
    await write("/srv/nasty.env", NASTY);
    await write("/srv/conf-1.env", "M=one\nO=one\n");
    await write("/srv/conf-2.env", "O=two\n");
    const settings = `Environment=A=b "C=d e" "D=q\\"uo\\\\te" G= "H=a\\nb" I=$x K=gone "L=it's" Z=z
EnvironmentFile=/srv/nasty.env
EnvironmentFile=/srv/conf-?.env
EnvironmentFile=-/srv/none.env
UnsetEnvironment=K Z=y
StandardOutput=file:/srv/seen`;
    await writeUnit("deck.service", settings);
    await sh("systemctl start deck.service");
    const seen = (await machine.must(["cat", "/srv/seen"])).split("\0").filter((each) => each !== "");
    const pairs = seen.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)] as const);
    const expected = Object.fromEntries(pairs.filter(([name]) => !GIVEN.includes(name)));
    expect(Object.keys(expected)).toContain("R");
    expect(await attributesIn(machine, KIND, "deck.service")).toEqual({
      variables: expected,
      environment_files: ["/srv/nasty.env", "/srv/conf-?.env", "-/srv/none.env"],
      unusable_files: [],
      passed: [],
      path_risks: [],
    });
  });

  it("reads /etc/environment as those who log in get it", async () => {
    const lines = 'A=b # c\n B="x y"\nexport C=\'z\'w\nE="a\'b"c"d\nJ= lead\nN=a#b\nL-M=x\nI=$A\n';
    await write("/etc/environment", lines);
    const seen = await sh("su -s /bin/sh -c 'env -0' nobody | tr '\\0' '\\n'");
    const variables = await variablesOf("/etc/environment");
    expect(Object.keys(variables)).toEqual(["A", "B", "C", "E", "J", "N", "I"]);
    for (const [name, value] of Object.entries(variables)) expect(seen.split("\n")).toContain(`${name}=${value}`);
  });

  it("says which files a service cannot start without", async () => {
    await write("/srv/bad.env", Buffer.from("A=\xff\n", "latin1"));
    const files = ["/srv/none.env", "/srv/none-*.env", "/srv/bad.env", "-/srv/bad.env", "-/srv/none.env"];
    await writeUnit("hull.service", files.map((file) => `EnvironmentFile=${file}`).join("\n"));
    expect(await attributesIn(machine, KIND, "hull.service")).toMatchObject({
      variables: {},
      environment_files: files,
      unusable_files: ["/srv/none.env", "/srv/none-*.env", "/srv/bad.env"],
    });
  });

  it("leaves all variables of a service unchecked where one of its files is denied, and knows the rest", async () => {
    await write("/srv/secret.env", "A=b\n");
    await sh("chmod 0600 /srv/secret.env; systemctl start dbus.service");
    await writeUnit("keel.service", "Environment=C=d\nEnvironmentFile=-/srv/secret.env\nPassEnvironment=FOO");
    const asked = [{ id: "keel.service" }, { id: "/srv/secret.env" }, { id: "/srv/none.env" }];
    const { observations } = await observeIn(machine, KIND, { asked, user: "nobody" });
    expect(observations.get("keel.service")).toMatchObject({
      status: "present",
      actual: { environment_files: ["-/srv/secret.env"], passed: ["FOO"] },
      facts: [
        { path: "/variables", fact: "unchecked", reason: "denied" },
        { path: "/path_risks", fact: "unchecked", reason: "denied" },
      ],
    });
    expect(observations.get("keel.service")).not.toHaveProperty("actual.variables");
    expect(observations.get("/srv/secret.env")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(observations.get("/srv/none.env")).toMatchObject({ status: "absent" });
    expect(await variablesOf("keel.service")).toEqual({ A: "b", C: "d" });
  });

  it("says of PATH where others can put programs, also where they can only through a link", async () => {
    await sh(
      "mkdir -p /srv/open /srv/shut; chmod 0777 /srv/open; ln -sfn /srv/open /srv/link; ln -sfn /srv/shut /srv/fine",
    );
    const path = "/usr/bin:/bin:/srv/open:/srv/link:/srv/fine:bin::/srv/none";
    await writeUnit("mast.service", `Environment=PATH=${path}`);
    const { path_risks: risks } = await attributesIn(machine, KIND, "mast.service");
    expect(risks).toEqual(["/srv/open", "/srv/link", "relative entry 6", "relative entry 7"]);

    await sh("mkdir -p /srv/hidden/bin; chmod 0700 /srv/hidden; systemctl start dbus.service");
    await writeUnit("mast.service", "Environment=PATH=/srv/hidden/bin");
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "mast.service" }], user: "nobody" });
    expect(observations.get("mast.service")).toMatchObject({
      actual: { variables: { PATH: "/srv/hidden/bin" } },
      facts: [{ path: "/path_risks", fact: "unchecked", reason: "denied" }],
    });
  });

  it("lists services that set something and files of variables, and says the same where they are asked for", async () => {
    await sh("printf 'A=b\\nexport C=d\\n' > /etc/default/leeway-test; echo '# only' > /etc/default/leeway-none");
    await sh("printf 'A=b\\nif true; then C=d; fi\\n' > /etc/default/leeway-script; echo A=b > /etc/environment");
    await writeUnit("bare.service", "Nice=1");
    await writeUnit("gear@.service", "Environment=A=%i");
    await sh("systemctl mask --runtime emergency.service");
    const listed = await observeIn(machine, KIND, { inScope: true });
    const ids = [...listed.observations.keys()];
    for (const id of ["deck.service", "/etc/environment", "/etc/default/leeway-test", "rescue.service"])
      expect(listed.observations.get(id)).toMatchObject({ status: "present" });
    for (const id of ["bare.service", "gear@.service", "emergency.service", "/etc/default/leeway-none"])
      expect(ids).not.toContain(id);
    expect(listed.observations.get("/etc/default/leeway-script")).toMatchObject({
      status: "unchecked",
      reason: "unsupported",
      detail: expect.stringContaining("line 2"),
    });
    expect(listed.listing).toMatchObject({ status: "listed" });
    expect(listed.listing).not.toHaveProperty("gaps");

    const others = ["bare.service", "gear@a.service", "gear@.service", "none.service", "none@.service", "cron.timer"];
    const asked = await observeIn(machine, KIND, { asked: [...ids, ...others].map((id) => ({ id })) });
    const answersOf = ({ observations }: typeof listed) =>
      ids.map((id) => ({ ...observations.get(id), observedAt: undefined }));
    expect(answersOf(asked)).toEqual(answersOf(listed));
    expect(others.map((id) => asked.observations.get(id)?.status)).toEqual([
      "present",
      "present",
      "unchecked",
      ...Array(3).fill("absent"),
    ]);
    expect(asked.observations.get("bare.service")).toMatchObject({ actual: { variables: {} } });
    expect(asked.observations.get("gear@a.service")).toMatchObject({ actual: { variables: { A: "a" } } });
  });

  it("reads files, and not the environment of services, where systemd does not run or cannot be asked", async () => {
    await using stopped = await startMachine();
    const asked = [{ id: "cron.service" }, { id: "/etc/environment" }];
    const read = (user?: string) =>
      observeIn(stopped, KIND, { asked, inScope: true, ...(user === undefined ? {} : { user }) });
    await stopped.must([
      "sh",
      "-c",
      "echo A=b > /etc/environment; systemctl stop dbus.socket dbus.service; rm -rf /run/dbus",
    ]);
    const denied = await read("nobody");
    expect(denied.observations.get("cron.service")).toMatchObject({ status: "unchecked" });
    expect(denied.observations.get("/etc/environment")).toMatchObject({ status: "present" });
    expect(denied.listing).toMatchObject({ status: "listed", gaps: [{ glob: "*" }] });

    await stopped.must(["mv", "/run/systemd/system", "/run/systemd/elsewhere"]);
    const offline = await read();
    expect(offline.observations.get("cron.service")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(offline.observations.get("/etc/environment")).toMatchObject({ actual: { variables: { A: "b" } } });
    expect(offline.listing).toMatchObject({ status: "listed", gaps: [{ glob: "*", reason: "unsupported" }] });

    await stopped.must(["rm", "-r", "/usr/bin/systemctl", "/etc/systemd/system", "/usr/lib/systemd/system"]);
    const none = await read();
    expect(none.observations.get("cron.service")).toMatchObject({ status: "absent" });
    expect(none.listing).not.toHaveProperty("gaps");
  });
});

for (const busybox of [false, true]) {
  describeWith("sshd", `environmentKind, over SSH${busybox ? " to a host with busybox" : ""},`, () => {
    it("judges the folders in PATH, through links too", async () => {
      const folder = mkdtempSync(join(tmpdir(), "leeway-environment-"));
      await using server = await startSshServer({ busybox });
      await using transport = openSshTransport(server.host());
      for (const name of ["open", "shut"]) mkdirSync(join(folder, name));
      chmodSync(join(folder, "open"), 0o777);
      symlinkSync("open", join(folder, "link"));
      symlinkSync("shut", join(folder, "fine"));
      const path = ["shut", "link", "fine", "open", "none"].map((name) => join(folder, name));
      const id = join(folder, "x.env");
      writeFileSync(id, `PATH=${path.join(":")}\n`);
      const resource = { kind: KIND, at: "there", id };
      const desired = { presence: "present", attributes: {} } as const;
      const now = () => "2026-01-02T03:04:05.000Z";
      const request = { at: "there", asked: [{ resource, desired }], now, signal: new AbortController().signal };
      const answers: unknown[] = [];
      for await (const answer of environmentKind.read(request, transport)) answers.push(answer);
      rmSync(folder, { recursive: true });
      expect(answers).toMatchObject([
        { status: "present", actual: { path_risks: [join(folder, "link"), join(folder, "open")] } },
      ]);
    });
  });
}
