import { describe, expect, it } from "vitest";
import type { Json } from "../../../model/json.ts";
import { type ReadConnection, readConnection } from "./connection.ts";

function read(vars: Readonly<Record<string, Json>>, name = "web"): ReadConnection {
  const variables = Object.entries(vars).map(([key, value], index) => [key, { value, line: index + 1 }] as const);
  return readConnection({ name, vars: new Map(variables) });
}

describe("the connection of a host of an inventory", () => {
  it.each<readonly [Readonly<Record<string, Json>>, object]>([
    [{}, { over: "ssh", host: "web" }],
    [{ ansible_connection: "local" }, { over: "local" }],
    [
      { ansible_host: "10.0.0.1", ansible_port: 2222 },
      { over: "ssh", host: "10.0.0.1", port: 2222 },
    ],
    [
      { ansible_port: "2222", ansible_user: "scan" },
      { over: "ssh", host: "web", port: 2222, user: "scan" },
    ],
    [
      { ansible_ssh_host: "h", ansible_ssh_user: "u", ansible_ssh_port: 23 },
      { over: "ssh", host: "h", user: "u", port: 23 },
    ],
    [{ ansible_ssh_private_key_file: "keys/web" }, { over: "ssh", host: "web", identityFile: "keys/web" }],
    [{ ansible_become: "yes" }, { over: "ssh", host: "web", sudo: true }],
    [
      { ansible_become: false, ansible_become_method: "su" },
      { over: "ssh", host: "web", sudo: false },
    ],
    [{ ansible_ssh_common_args: "-J a@b:2,c" }, { over: "ssh", host: "web", jump: "a@b:2,c" }],
    [{ ansible_ssh_common_args: "-o ProxyJump=gate -oPort=24" }, { over: "ssh", host: "web", jump: "gate", port: 24 }],
    [
      { ansible_ssh_common_args: '-o "proxyjump gate" -F cfg' },
      { over: "ssh", host: "web", jump: "gate", configFile: "cfg" },
    ],
    [
      { ansible_ssh_extra_args: "-J x", ansible_ssh_common_args: "-J y -i k" },
      { over: "ssh", host: "web", jump: "x", identityFile: "k" },
    ],
    [{ ansible_ssh_common_args: "-o UserKnownHostsFile=kh" }, { over: "ssh", host: "web", knownHostsFile: "kh" }],
  ])("is of %j %j", (vars, connection) => {
    const { mistakes, ...rest } = read(vars);
    expect(mistakes).toEqual([]);
    expect(rest.connection).toEqual(connection);
  });

  it.each<readonly [Readonly<Record<string, Json>>, string]>([
    [{ ansible_connection: "winrm" }, '"ansible_connection" of host "web" is none that Leeway has'],
    [{ ansible_host: "-oProxyCommand=x" }, '"ansible_host" of host "web" is no name or address of a host'],
    [{ ansible_user: "-l" }, '"ansible_user" of host "web" is no name of a user'],
    [{ ansible_port: "none" }, '"ansible_port" of host "web" is no port'],
    [{ ansible_port: 70000 }, '"ansible_port" of host "web" is no port'],
    [{ ansible_become: "maybe" }, '"ansible_become" of host "web" must be true or false'],
    [
      { ansible_become: true, ansible_become_method: "su" },
      '"ansible_become_method" of host "web" is none that Leeway has',
    ],
    [{ ansible_become: true, ansible_become_user: "app" }, '"ansible_become_user" of host "web" must be root'],
    [{ ansible_host: "{{ ip }}" }, '"ansible_host" of host "web" is a template'],
    [{ ansible_host: ["a"] }, '"ansible_host" of host "web" must be a text'],
    [
      { ansible_ssh_common_args: "-o ProxyCommand='nc %h'" },
      '"ansible_ssh_common_args" of host "web" holds -o ProxyCommand, which Leeway does not pass on',
    ],
    [{ ansible_ssh_common_args: "-o 'x" }, '"ansible_ssh_common_args" of host "web" leaves a quote open'],
    [{ ansible_ssh_common_args: "-J '$(x)'" }, '"ansible_ssh_common_args" of host "web" names no host to go through'],
  ])("cannot be %j: %s", (vars, message) => {
    const { mistakes } = read(vars);
    expect(mistakes).toMatchObject([{ message, line: expect.any(Number) }]);
  });

  it("cannot be had by a name that is no host", () => {
    expect(read({}, "-web").mistakes).toMatchObject([{ message: 'host "-web" is no name or address of a host' }]);
    expect(read({ ansible_host: "web" }, "my web").mistakes).toEqual([]);
  });

  it("uses no password, and shows none", () => {
    const vars = {
      ansible_password: "s3cret",
      ansible_ssh_pass: "s3cret",
      ansible_become_pass: "s3cret",
      ansible_become_password: "{{ s3cret }}",
    };
    const result = read(vars);
    expect(result.passwords).toEqual(Object.keys(vars));
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });

  it("names arguments that it leaves out, without their values", () => {
    const args = "-C -o ControlMaster=auto -o StrictHostKeyChecking=no -vvv";
    expect(read({ ansible_ssh_common_args: args }).ignored).toEqual([
      "-C",
      "-o ControlMaster",
      "-o StrictHostKeyChecking",
      "-v",
    ]);
  });
});
