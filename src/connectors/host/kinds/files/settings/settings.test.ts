import { describe, expect, it } from "vitest";
import { formatOf } from "./formats.ts";
import { settingsOf, textOf } from "./read-settings.ts";
import { secretPaths } from "./secrets.ts";

function read(path: string, text: string) {
  const format = formatOf(path);
  return format === undefined ? "unknown" : settingsOf(text, format);
}

function secrets(path: string, text: string) {
  const format = formatOf(path);
  const settings = format && settingsOf(text, format);
  return format && settings ? secretPaths(settings, format) : undefined;
}

const UNIT = "/etc/systemd/system/app.service";
const SSHD = "/etc/ssh/sshd_config";

describe("the format of a file", () => {
  it.each([
    [SSHD, "ssh"],
    ["/etc/ssh/sshd_config.d/10.conf", "ssh"],
    ["/etc/ssh/ssh_host_rsa_key", undefined],
    [UNIT, "systemd"],
    ["/etc/systemd/system/app.service.d/override.conf", "systemd"],
    ["/usr/lib/systemd/systemd", undefined],
    ["/etc/sysctl.d/10-net.conf", "sysctl"],
    ["/etc/sysctl.conf", "sysctl"],
    ["/etc/login.defs", "words"],
    ["/etc/environment", "env"],
    ["/etc/default/ssh", "env"],
    ["/srv/app/.env", "env"],
    ["/srv/app/.env.production", "env"],
    ["/srv/app/prod.env", "env"],
    ["/etc/mysql/mariadb.conf.d/50-server.cnf", "mysql"],
    ["/etc/php/8.2/fpm/php.ini", "ini"],
    ["/srv/app/config.json", "json"],
    ["/srv/app/config.yml", "yaml"],
    ["/srv/app/pyproject.toml", "toml"],
    ["/usr/lib/x/package.json", undefined],
    ["/srv/app/node_modules/x/package.json", undefined],
    ["/usr/lib/systemd/system/ssh.service", "systemd"],
    ["/etc/motd", undefined],
    ["/etc/nginx/nginx.conf", undefined],
  ])("of %s is %s", (path, name) => {
    expect(formatOf(path)?.name).toBe(name);
  });
});

describe("the settings of a text", () => {
  it.each<[string, string, string, unknown]>([
    [
      "a unit, with repeated keys in order and continued lines",
      UNIT,
      "# c\n[Unit]\nDescription = A b\n\n[Service]\nExecStart=\nExecStart=/bin/a \\\n# within\n  --b\n; c\nEnvironment=A=1 'B=2'\n",
      { Unit: { Description: "A b" }, Service: { ExecStart: ["", "/bin/a --b"], Environment: "A=1 'B=2'" } },
    ],
    [
      "repeated sections",
      "/etc/systemd/network/a.network",
      "[Address]\nAddress=1\n[Address]\nAddress=2\n",
      { Address: [{ Address: "1" }, { Address: "2" }] },
    ],
    ["a unit with a line that is none", UNIT, "[Unit]\nnonsense\n", undefined],
    ["a unit with an open section", UNIT, "[Unit\n", undefined],
    ["a key named as a section", UNIT, "Unit=1\n[Unit]\nA=b\n", undefined],
    [
      "an sshd configuration",
      SSHD,
      'Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin   no\n#Port 1\nPort 22\nport=2222\nAcceptEnv LANG  LC_*\nBanner "/etc/issue"\nMatch  User ada\n  X11Forwarding no\nMatch all\n',
      {
        include: "/etc/ssh/sshd_config.d/*.conf",
        permitrootlogin: "no",
        port: ["22", "2222"],
        acceptenv: "LANG LC_*",
        banner: "/etc/issue",
        blocks: [
          { condition: "match User ada", settings: { x11forwarding: "no" } },
          { condition: "match all", settings: {} },
        ],
      },
    ],
    [
      "an include behind other keywords",
      SSHD,
      "Port 22\nInclude x\nPermitRootLogin no\n",
      { port: "22", late_include: { include: "x", after: ["port"] }, permitrootlogin: "no" },
    ],
    ["an sshd configuration with a line that is none", SSHD, "Port\n", undefined],
    [
      "sysctl",
      "/etc/sysctl.d/a.conf",
      "; c\nnet.a=1\nnet.b =  1\t2\n-net.c = 3\n",
      { "net.a": "1", "net.b": "1 2", "-net.c": "3" },
    ],
    ["sysctl with a line that is none", "/etc/sysctl.conf", "net.a\n", undefined],
    [
      "login.defs",
      "/etc/login.defs",
      "# c\nUMASK\t\t022\nPASS_MAX_DAYS 99999\n",
      { UMASK: "022", PASS_MAX_DAYS: "99999" },
    ],
    [
      "resolv.conf",
      "/etc/resolv.conf",
      "nameserver 1.1.1.1\nnameserver 2.2.2.2\n",
      { nameserver: ["1.1.1.1", "2.2.2.2"] },
    ],
    ["nsswitch", "/etc/nsswitch.conf", "passwd:   files  systemd\n", { passwd: "files systemd" }],
    [
      "variables",
      "/srv/a/.env",
      "A=1\nexport B=\"two words\"\n# c\nC='x$y'\nA=2\n",
      { A: ["1", "2"], B: "two words", C: "x$y" },
    ],
    ["variables that refer to others", "/srv/a/.env", "A=1\nB=$A\n", undefined],
    ["variables over several lines", "/srv/a/.env", 'A="1\n2"\n', undefined],
    ["a shell script", "/etc/default/x", "A=1\nif true; then B=2; fi\n", undefined],
    [
      "git's configuration",
      "/etc/gitconfig",
      '[remote "origin"]\n\turl = "a#b" # c\n[core]\n\tbare\n',
      { 'remote "origin"': { url: '"a#b"' }, core: { bare: true } },
    ],
    [
      "my.cnf",
      "/etc/mysql/my.cnf",
      "!includedir /etc/x/\n[mysqld]\nskip-networking\nport = 3306 # c\nuser='my'\n",
      {
        "!includedir /etc/x/": true,
        mysqld: { "skip-networking": true, port: "3306", user: "my" },
      },
    ],
    [
      "an ini file",
      "/a/x.ini",
      'memory_limit = 128M\n[opcache]\nenable="1"\n',
      { memory_limit: "128M", opcache: { enable: "1" } },
    ],
    [
      "JSON",
      "/a/x.json",
      '{"b":12345678901234567890,"a":[1,{"__proto__":1}]}',
      { b: 12345678901234567890n, a: [1, JSON.parse('{"__proto__":1}')] },
    ],
    ["JSON that is no object", "/a/x.json", "[1]", undefined],
    ["JSON with comments", "/a/x.json", "{}//", undefined],
    ["JSON nested without end", "/a/x.json", `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, undefined],
    ["YAML", "/a/x.yaml", "# c\nb: {c: 1}\na: 'x'\n", { a: "x", b: { c: 1 } }],
    ["YAML of several documents", "/a/x.yaml", "a: 1\n---\nb: 1\n", undefined],
    ["YAML that is none", "/a/x.yaml", "a: [", undefined],
    [
      "TOML",
      "/a/x.toml",
      "a = 9007199254740993\nd = 1979-05-27\n[b]\nc = [1.5, inf]\n",
      { a: 9007199254740993n, d: "1979-05-27", b: { c: [1.5, "Infinity"] } },
    ],
    ["TOML that is none", "/a/x.toml", "a = ", undefined],
    ["more values than anybody reads", "/a/x.json", JSON.stringify({ a: Array(30_000).fill(0) }), undefined],
    ["nothing", "/a/x.yaml", "", undefined],
  ])("%s", (_, path, text, settings) => {
    expect(read(path, text)).toEqual(settings);
  });

  it.each([
    [UNIT, "[A]\nb=1\nc=2\n", "# x\n\n[A]\nc = 2\n; y\n  b=1"],
    [SSHD, "Port 22\nUsePAM yes\n", "#x\nusepam   yes\n\nPORT 22\n"],
    ["/a/x.yaml", "a: 1\nb: 'x'\n", "b: x # c\na: 1\n"],
    ["/a/x.json", '{"a":1,"b":2}', '{ "b": 2,\r\n "a": 1 }'],
    ["/a/x.toml", "a = 1\nb = 'x'\n", 'b = "x" # c\na = 1\n'],
    ["/srv/.env", "A=1\nB=2\n", "# c\nB='2'\nA=1\n"],
  ])("are the same in %s whatever the order, the comments and the white space", (path, one, other) => {
    expect(read(path, other)).toEqual(read(path, one));
    expect(read(path, one)).toBeTypeOf("object");
  });

  it.each([
    [UNIT, "[Service]\nExecStartPre=/a\nExecStartPre=/b\n", "[Service]\nExecStartPre=/b\nExecStartPre=/a\n"],
    [SSHD, "Match user a\nPort 1\nMatch user b\nPort 2\n", "Match user b\nPort 2\nMatch user a\nPort 1\n"],
    [SSHD, "Include x\nPort 22\n", "Port 22\nInclude x\n"],
    ["/etc/resolv.conf", "nameserver 1\nnameserver 2\n", "nameserver 2\nnameserver 1\n"],
  ])("differ in %s where the order has a meaning", (path, one, other) => {
    expect(read(path, other)).not.toEqual(read(path, one));
  });

  it("are not looked for in what is no text", () => {
    expect(textOf(Buffer.from([0x61, 0]))).toBeUndefined();
    expect(textOf(Buffer.from([0xff]))).toBeUndefined();
    expect(textOf(Buffer.from("a\r\nb"))).toBe("a\nb");
  });
});

describe("what may be secret", () => {
  it.each<[string, string, string, readonly string[]]>([
    ["every variable", "/etc/environment", "A=1\nB=2\n", ["/A", "/B"]],
    ["a key that says so", "/a/x.yaml", "db: {password: x, port: 1}\napi_key: 5\n", ["/db/password", "/api_key"]],
    ["all below such a key", "/a/x.json", '{"credentials":{"user":"a"},"a":1}', ["/credentials"]],
    ["no switch", "/a/x.yaml", "password_login: true\ntoken_auth: 'off'\n", []],
    ["an address with a password", "/a/x.toml", 'url = "postgres://u:p@h/d"\nhome = "https://h/d"\n', ["/url"]],
    ["such an address without a scheme", "/a/x.ini", "[db]\nat = u:p@tcp(h:3306)/d\n", ["/db/at"]],
    ["one in a list", "/a/x.yaml", "urls: [a, 'redis://:p@h']\n", ["/urls"]],
    ["one in a list of maps", "/a/x.yaml", "users: [{name: a, password: x}]\n", ["/users"]],
    [
      "a command line",
      UNIT,
      "[Service]\nExecStart=/bin/a --password=x\nEnvironment=LD_PRELOAD=/x\n",
      ["/Service/ExecStart"],
    ],
    ["an assignment", UNIT, "[Service]\nEnvironment=DB_PASSWORD=x\n", ["/Service/Environment"]],
    ["a private key", "/a/x.json", '{"a":"-----BEGIN RSA PRIVATE KEY-----"}', ["/a"]],
    ["a key with a slash", "/a/x.json", '{"a/token":"x"}', ["/a~1token"]],
    ["nothing of sshd but variables", SSHD, "PasswordAuthentication no\nSetEnv A=b\n", ["/setenv"]],
    [
      "of sysctl what the kernel holds as a key",
      "/etc/sysctl.conf",
      "net.ipv4.tcp_fastopen_key = 1\nnet.a = 2\n",
      ["/net.ipv4.tcp_fastopen_key"],
    ],
  ])("is %s", (_, path, text, paths) => {
    expect(secrets(path, text)).toEqual(paths);
  });
});
