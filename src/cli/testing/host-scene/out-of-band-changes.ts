import { packageFile } from "./set-up.ts";

/** What a scan must say of one change. */
export interface Verdict {
  readonly kind: string;
  readonly resource: string;
  readonly drift: "changed" | "missing" | "unmanaged" | "moved";
  readonly severity: "critical" | "warning" | "informational";
  readonly type: "security" | "functional" | "cost";
  /** Paths of the changes; none where a resource came or went. */
  readonly paths: readonly string[];
}

/** What was done to production outside the workflow: a script, and the one finding that must come of it. */
export interface OutOfBandChange {
  readonly script: string;
  readonly verdict: Verdict;
}

type Judged = readonly [Verdict["severity"], Verdict["type"]];

const CRITICAL: Judged = ["critical", "security"];
const WEAKER: Judged = ["warning", "security"];
const BROKEN: Judged = ["warning", "functional"];
const NEWS: Judged = ["informational", "functional"];

const changed = (reference: string, paths: string, judged: Judged) => verdict("changed", reference, judged, paths);
const missing = (reference: string, judged: Judged) => verdict("missing", reference, judged);
const unmanaged = (reference: string, judged: Judged) => verdict("unmanaged", reference, judged);

/** `reference` is the kind without `host/`, a space, and the id; `paths` are parted by spaces. */
function verdict(drift: Verdict["drift"], reference: string, [severity, type]: Judged, paths = ""): Verdict {
  const space = reference.indexOf(" ");
  const [kind, resource] = [`host/${reference.slice(0, space)}`, reference.slice(space + 1)];
  return { kind, resource, drift, severity, type, paths: paths.split(" ").filter(Boolean) };
}

/** Thirty changes of a shop's host, each of another sort. */
export const outOfBandChanges: readonly OutOfBandChange[] = [
  {
    script: "chmod 0644 /srv/shop/keys/deploy.key",
    verdict: changed("file /srv/shop/keys/deploy.key", "/mode", CRITICAL),
  },
  {
    script: "sed -i 's/workers = 4/workers = 64/' /srv/shop/etc/shop.ini",
    verdict: changed("file /srv/shop/etc/shop.ini", "/settings/server/workers", BROKEN),
  },
  {
    script: "sed -i 's/ttl = 60/ttl = 6000/' /etc/shop/cache.ini",
    verdict: changed("file /etc/shop/cache.ini", "/settings/cache/ttl", BROKEN),
  },
  { script: "rm /srv/shop/etc/limits.json", verdict: missing("file /srv/shop/etc/limits.json", BROKEN) },
  {
    script: "cp /usr/bin/env /srv/shop/bin/helper && chmod 4755 /srv/shop/bin/helper",
    verdict: unmanaged("file /srv/shop/bin/helper", CRITICAL),
  },
  {
    script: "ln -sfn share/plain.txt /srv/shop/current",
    verdict: changed("file /srv/shop/current", "/link_target", WEAKER),
  },
  {
    script: "setfacl -m u:bob:r /srv/shop/etc/shop.env",
    verdict: changed("file /srv/shop/etc/shop.env", "/acl", CRITICAL),
  },
  {
    script: "setcap cap_setuid+ep /srv/shop/bin/probe",
    verdict: changed("file /srv/shop/bin/probe", "/capabilities", CRITICAL),
  },
  {
    script: "mv /srv/shop/share/notes.txt /srv/shop/share/notes.old",
    verdict: verdict("moved", "file /srv/shop/share/notes.txt", NEWS),
  },
  { script: "chmod 0777 /srv/shop/tls", verdict: changed("directory /srv/shop/tls", "/mode", CRITICAL) },
  { script: "usermod -o -u 0 dora", verdict: changed("user dora", "/uid", CRITICAL) },
  { script: "useradd -N -M -u 7009 -s /bin/bash eve", verdict: unmanaged("user eve", WEAKER) },
  {
    script: "passwd -d cleo",
    verdict: changed("user cleo", "/password /password_algorithm /password_digest", CRITICAL),
  },
  { script: "groupdel idle", verdict: missing("group idle", BROKEN) },
  {
    script: "printf 'cleo ALL=(ALL) NOPASSWD: ALL\\n' > /etc/sudoers.d/cleo && chmod 0440 /etc/sudoers.d/cleo",
    verdict: unmanaged("sudo-rule cleo ALL=(ALL) ALL", CRITICAL),
  },
  {
    script: "cat /srv/stranger_key.pub >> /home/ada/.ssh/authorized_keys",
    verdict: unmanaged("authorized-key ada#*", CRITICAL),
  },
  { script: "dpkg --remove astrolabe", verdict: missing("package astrolabe", BROKEN) },
  {
    script: `dpkg --install ${packageFile("compass", "1.9-1")}`,
    verdict: changed("package compass", "/version", WEAKER),
  },
  {
    script: "sed -i 's/trusted=no/trusted=yes/' /etc/apt/sources.list.d/shop.list",
    verdict: changed("apt-source deb http://shop.example stable", "/trusted", CRITICAL),
  },
  { script: "systemctl stop lookout.service", verdict: changed("service lookout.service", "/running", BROKEN) },
  {
    script:
      "mkdir -p /etc/systemd/system/mail.service.d && printf '[Service]\\nUser=bob\\n' > /etc/systemd/system/mail.service.d/x.conf && systemctl daemon-reload",
    verdict: changed("service mail.service", "/drop_ins /user", WEAKER),
  },
  {
    script: "printf '* * * * * root /srv/shop/bin/helper\\n' > /etc/cron.d/helper",
    verdict: unmanaged("cron-job /etc/cron.d/helper*", CRITICAL),
  },
  {
    script: "sysctl -w net.ipv4.tcp_syncookies=0",
    verdict: changed("sysctl net.ipv4.tcp_syncookies", "/value", WEAKER),
  },
  {
    script: "printf 'net.ipv4.conf.all.accept_redirects = 1\\n' > /etc/sysctl.d/90-shop.conf",
    verdict: unmanaged("latent-drift sysctl:net.ipv4.conf.all.accept_redirects", WEAKER),
  },
  {
    script: "nft add rule inet filter input accept",
    verdict: changed("firewall-rule nft:inet/filter/input", "/rules", CRITICAL),
  },
  {
    script:
      'systemd-run --quiet --unit=beacon --collect --property=Type=notify --property=NotifyAccess=all node -e \'require("node:net").createServer().listen(7001, "0.0.0.0", () => require("node:child_process").execFileSync("systemd-notify", ["--ready"]))\'',
    verdict: unmanaged("port tcp:7001", CRITICAL),
  },
  {
    script: "sed -i 's/^10.0.0.1/10.0.0.66/' /etc/hosts",
    verdict: changed("host-entry db.internal", "/addresses", BROKEN),
  },
  {
    script: "sed -i 's/192.0.2.53/192.0.2.66/' /etc/resolv.conf",
    verdict: changed("resolver system", "/nameservers", CRITICAL),
  },
  {
    script: "cat /srv/old.pem > /srv/shop/tls/shop.pem",
    verdict: changed("certificate /srv/shop/tls/shop.pem", "/fingerprint_sha256 /not_after /serial", BROKEN),
  },
  {
    script: "mount -o remount,exec /srv/shop/spool",
    verdict: changed("mount /srv/shop/spool", "/options", WEAKER),
  },
];
