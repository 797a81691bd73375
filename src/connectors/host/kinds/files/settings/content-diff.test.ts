import { describe, expect, it } from "vitest";
import { contentDiff } from "./content-diff.ts";
import { formatOf } from "./formats.ts";
import { maskLines } from "./mask-text.ts";

const CANARY = "cAnArY-7391";

function diff(id: string, desired: string, actual: string, isPublic = true) {
  return contentDiff({ id, format: formatOf(id), isPublic, desired, actual });
}

describe("the diff of a declared text", () => {
  it("is a unified one, from the declared text to the one that is there", () => {
    expect(diff("/etc/motd", "a\nb\nc\n", "a\nB\nc\n")).toBe(
      "--- desired\n+++ actual\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c",
    );
  });

  it("says when a text ends without a line feed", () => {
    expect(diff("/etc/motd", "a\n", "a")).toContain("\\ No newline at end of file");
  });

  it("tells all of a text from none", () => {
    expect(diff("/etc/motd", "", "a\n")).toBe("--- desired\n+++ actual\n@@ -0,0 +1,1 @@\n+a");
  });

  it("shows no more than 200 lines, and says how many it leaves out", () => {
    const lines = (word: string) => `${Array.from({ length: 300 }, (_, index) => `${word} ${index}`).join("\n")}\n`;
    const shown = diff("/etc/motd", lines("a"), lines("b"))?.split("\n") ?? [];
    expect(shown).toHaveLength(200);
    expect(shown.at(-1)).toBe("… 404 more lines");
  });

  it("is none of a file that not everyone may read and of which no format is known", () => {
    expect(diff("/srv/app/notes", "a\n", "b\n", false)).toBeUndefined();
    expect(diff("/etc/ssh/sshd_config", "Port 22\n", "Port 23\n", false)).toContain("+Port 23");
  });

  it.each([
    "/etc/shadow",
    "/etc/ssl/private/x",
    "/root/.netrc",
    "/srv/tls.key",
    "/home/a/.ssh/id_ed25519",
    "/srv/app/secrets.yaml",
  ])("is none of %s", (id) => {
    expect(diff(id, "a\n", "b\n")).toBeUndefined();
  });

  it("hides a line of which only one of the two texts says that it is secret", () => {
    const desired = `a: 1\nkey:\n  x: ${CANARY}\n`;
    const actual = `a: 2\npassword:\n  x: ${CANARY}\n`;
    expect(diff("/srv/a.yaml", desired, actual)).not.toContain(CANARY);
  });
});

describe("a masked text", () => {
  it.each<[string, string, string, string]>([
    ["a variable", "/srv/.env", `A=${CANARY}`, "A=<masked>"],
    ["a variable that is commented out", "/srv/.env", `# A=${CANARY}`, "<masked>"],
    ["a further line of a variable", "/srv/.env", `A="x\n${CANARY}"`, "A=<masked>\n<masked>"],
    ["a key that names a secret", "/srv/a.yaml", `db_password: ${CANARY}`, "db_password: <masked>"],
    ["a quoted one", "/srv/a.json", `  "api_key": "${CANARY}",`, '  "api_key": <masked>'],
    ["one in a comment", "/srv/a.ini", `; password = ${CANARY}`, "<masked>"],
    ["a value before the name", "/etc/motd", `${CANARY} is the password`, "<masked>"],
    ["an XML element", "/etc/x.xml", `<password>${CANARY}</password>`, "<masked>"],
    [
      "a list below the name",
      "/srv/a.yaml",
      `tokens:\n- ${CANARY}\n- b\nother: 1`,
      "tokens:<masked>\n<masked>\n<masked>\nother: 1",
    ],
    [
      "a block below the name",
      "/srv/a.yaml",
      `secret: |\n  a\n\n  ${CANARY}\nz: 1`,
      "secret: <masked>\n<masked>\n\n<masked>\nz: 1",
    ],
    ["what a line goes on in", "/etc/x.conf", `password = \\\n${CANARY}\nz`, "password = <masked>\n<masked>\nz"],
    [
      "an object below the name",
      "/srv/a.json",
      `{\n"credentials": {\n"a": "${CANARY}"\n}\n}`,
      '{\n"credentials": <masked>\n<masked>\n<masked>\n<masked>',
    ],
    [
      "a private key",
      "/etc/motd",
      `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----\nz`,
      "<masked>\n<masked>\n<masked>\nz",
    ],
    ["a private key without an end", "/etc/motd", `-----BEGIN PRIVATE KEY-----\n${CANARY}`, "<masked>\n<masked>"],
    ["a password in an address", "/etc/motd", `at postgres://u:${CANARY}@h/d`, "<masked>"],
    ["a password in an address without a scheme", "/etc/motd", `u:${CANARY}@tcp(h)/d`, "<masked>"],
    [
      "a command line",
      "/etc/systemd/system/a.service",
      `[Service]\nExecStart=/a --token ${CANARY}`,
      "[Service]\n<masked>",
    ],
    [
      "a secret that stands elsewhere as well",
      "/srv/a.yaml",
      `password: ${CANARY}\nb: x${CANARY}y`,
      "password: <masked>\n<masked>",
    ],
    ["a long random word", "/etc/motd", "id AKIA1234567890ABCDEF0 end", "id <masked> end"],
    ["a comment of sshd", "/etc/ssh/sshd_config", `Port 22\n# password: ${CANARY}`, "Port 22\n<masked>"],
    ["what is not of its format", "/etc/ssh/sshd_config", `Port 22\n[x\npassword ${CANARY}`, "Port 22\n[x\n<masked>"],
    ["a variable of sshd", "/etc/ssh/sshd_config", `SetEnv A=${CANARY}`, "<masked>"],
  ])("hides %s", (_, id, text, masked) => {
    expect(maskLines(text, formatOf(id)).join("\n")).toBe(masked);
  });

  it.each([
    ["/etc/ssh/sshd_config", "PasswordAuthentication no\nHostKey /etc/ssh/ssh_host_ed25519_key\n"],
    ["/etc/login.defs", "PASS_MAX_DAYS 99999\n"],
    ["/etc/sysctl.conf", "net.ipv4.ip_forward = 1\n"],
    ["/srv/a.yaml", "port: 8080\nurl: https://example.com/a/rather/long/path/to/something\n"],
    ["/etc/motd", "-----BEGIN CERTIFICATE-----\nshort\n-----END CERTIFICATE-----\n"],
  ])("shows %s as it stands", (id, text) => {
    expect(maskLines(text, formatOf(id)).join("\n")).toBe(text);
  });
});
