import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeScratch } from "../../../testing/scratch.ts";
import { openLocalTransport } from "../transport-local.ts";
import { KnownHosts } from "./known-hosts.ts";
import { declareKnownKeys, keyText } from "./known-keys.ts";

const scratch = await makeScratch();
const at = (name: string) => join(scratch.path, name);
afterAll(() => scratch[Symbol.asyncDispose]());

function makeKey(name: string, type: string): { readonly line: string; readonly text: string } {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", at(name)]);
  const [, fingerprint, , algorithm] = execFileSync("ssh-keygen", ["-lf", at(name)])
    .toString()
    .split(/\s/);
  const line = readFileSync(at(`${name}.pub`), "utf8")
    .split(" ")
    .slice(0, 2)
    .join(" ");
  return { line, text: `${algorithm?.slice(1, -1)} ${fingerprint}` };
}

const one = makeKey("one", "ed25519");
const two = makeKey("two", "ecdsa");
const three = makeKey("three", "rsa");

function found(text: string, host: string, port = 22): readonly string[] {
  return new KnownHosts(text).keysOf(host, port).map((key) => `${key.line} ${keyText(key)}`);
}

describe("known_hosts", () => {
  it.each([
    [`web ${one.line}`, "web", 22, [`1 ${one.text}`]],
    [`# a comment\n\nweb,10.0.0.1 ${one.line} comment`, "10.0.0.1", 22, [`3 ${one.text}`]],
    [`Web ${one.line}`, "wEB", 22, [`1 ${one.text}`]],
    [
      `web ${one.line}\nweb ${two.line}\nweb ${three.line}`,
      "web",
      22,
      [`1 ${one.text}`, `2 ${two.text}`, `3 ${three.text}`],
    ],
    [`[web]:2222 ${one.line}\nweb ${two.line}`, "web", 2222, [`1 ${one.text}`]],
    [`[web]:2222 ${one.line}\nweb ${two.line}`, "web", 22, [`2 ${two.text}`]],
    [`web ${two.line}`, "web", 2222, [`1 ${two.text}`]],
    [`*.example.com,!db.example.com ${one.line}`, "web.example.com", 22, [`1 ${one.text}`]],
    [`*.example.com,!db.example.com ${one.line}`, "db.example.com", 22, []],
    [`web? ${one.line}`, "web1", 22, [`1 ${one.text}`]],
    [`@revoked web ${one.line}\nweb ${two.line}`, "web", 22, [`2 ${two.text}`]],
    [`@cert-authority * ${one.line}\nweb ${two.line}`, "web", 22, []],
    ["web nonsense\nweb\nweb ssh-ed25519 !!", "web", 22, []],
  ])("%j gives %s, port %i, the keys %j", (text, host, port, keys) => {
    expect(found(text, host, port)).toEqual(keys);
  });

  it("is found by hashed names, as ssh-keygen finds them", () => {
    writeFileSync(at("hashed"), `web ${one.line}\n[web]:2222 ${two.line}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", at("hashed")], { stdio: "ignore" });
    const text = readFileSync(at("hashed"), "utf8");
    expect(text).not.toContain("web");
    expect(found(text, "web")).toEqual([`1 ${one.text}`]);
    expect(found(text, "web", 2222)).toEqual([`2 ${two.text}`]);
    expect(execFileSync("ssh-keygen", ["-lF", "[web]:2222", "-f", at("hashed")]).toString()).toContain(two.text);
  });
});

describe("what known_hosts declares", () => {
  const ssh = { host: "web", sudo: false, connectTimeoutMs: 1000, timeoutMs: 1000 };
  const declare = async (host: object) => {
    await using transport = openLocalTransport();
    const hosts = [{ place: "local" }, { place: "web*", ssh: { ...ssh, ...host } }];
    return await declareKnownKeys(hosts, { transport, baseDir: scratch.path });
  };

  it("is the key of each host, with file and line, at that place alone", async () => {
    writeFileSync(at("known"), `other ${two.line}\nweb ${one.line}\n`);
    expect(await declare({ knownHostsFile: at("known") })).toEqual([
      {
        kind: "host/ssh-identity",
        id: "server",
        at: ["web\\*"],
        desired: { presence: "present", attributes: { host_key: one.text } },
        declaredAt: { file: "known", line: 2 },
      },
    ]);
  });

  it("is any of several keys", async () => {
    writeFileSync(at("known"), `web ${one.line}\nweb ${two.line}\n`);
    const [declared] = await declare({ knownHostsFile: at("known") });
    const operators = declared?.desired.presence === "present" ? declared.desired.attributes["host_key"] : undefined;
    expect(Object.getOwnPropertySymbols(operators)).toHaveLength(1);
  });

  it("is looked up as the client's own configuration says", async () => {
    writeFileSync(at("known"), `[10.0.0.9]:2200 ${one.line}\nalias ${two.line}\n`);
    const lines = ["Host web", "HostName 10.0.0.9", "Port 2200", `UserKnownHostsFile ${at("known")}`];
    writeFileSync(at("config"), lines.join("\n"));
    const [byName] = await declare({ configFile: at("config") });
    expect(byName?.declaredAt).toEqual({ file: "known", line: 1 });
    writeFileSync(at("config"), [...lines, "HostKeyAlias alias"].join("\n"));
    const [byAlias] = await declare({ configFile: at("config") });
    expect(byAlias?.declaredAt).toEqual({ file: "known", line: 2 });
  });

  it("is nothing where there is no such file or host", async () => {
    expect(await declare({ knownHostsFile: at("nothing") })).toEqual([]);
    writeFileSync(at("known"), `other ${two.line}\n`);
    expect(await declare({ knownHostsFile: at("known") })).toEqual([]);
  });
});
