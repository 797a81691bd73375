import { stringify } from "yaml";
import { makeCertificate } from "../../../connectors/host/kinds/certificates/fixtures/make-certificate.ts";
import type { JsonObject } from "../../../model/json.ts";

/** A program of the shop that runs for ever. */
const RUN = "/usr/bin/sleep infinity";

/** A package as small as one can be, in the machine; `dpkg --install` of it installs or upgrades it. */
export const packageFile = (name: string, version: string) => `/srv/deb/${name}_${version}.deb`;
const buildPackage = (name: string, version: string) => `
mkdir -p /srv/deb/${name}/DEBIAN
printf 'Package: ${name}\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: T <t@example.com>\\nDescription: x\\n' > /srv/deb/${name}/DEBIAN/control
dpkg-deb --build /srv/deb/${name} ${packageFile(name, version)} >/dev/null
rm -r /srv/deb/${name}`;

const unit = (name: string, more = "") => `
printf '[Service]\\nExecStart=${RUN}\\n${more}[Install]\\nWantedBy=basic.target\\n' > /etc/systemd/system/${name}.service`;

/** What whoever runs the machine has set up: a shop, its people, its services, and the ways in. It stays over a reboot. */
export const SET_UP = `set -eu
exec >/dev/null
useradd -u 7001 -m -s /bin/bash ada
useradd -u 7002 -m -s /usr/sbin/nologin -c Courier bob
useradd -u 7003 -m -s /bin/bash cleo
usermod -p '$6$saltsalt$ZGVmaW5pdGVseSBub3QgYSBoYXNo' cleo
useradd -u 7004 -m -s /bin/bash dora
groupadd -g 7100 crew && gpasswd -M ada,bob,cleo crew
groupadd -g 7101 idle

mkdir -p /srv/shop/bin /srv/shop/etc /srv/shop/keys /srv/shop/share /srv/shop/spool /srv/shop/tls /etc/shop
printf '[server]\\nport = 8080\\nworkers = 4\\n\\n[log]\\nlevel = info\\n' > /srv/shop/etc/shop.ini
printf '[cache]\\nsize = 10\\nttl = 60\\n' > /etc/shop/cache.ini
printf '{ "limit": 10, "burst": 5 }\\n' > /srv/shop/etc/limits.json
printf 'TOKEN=abc\\n' > /srv/shop/etc/shop.env && chmod 0640 /srv/shop/etc/shop.env
printf 'page\\n' > /srv/shop/share/index.txt
printf 'notes, long enough to be told apart\\n' > /srv/shop/share/notes.txt
printf 'plain\\n' > /srv/shop/share/plain.txt
ln -s share/index.txt /srv/shop/current
printf '#!/bin/sh\\n' > /srv/shop/bin/serve && chmod 0755 /srv/shop/bin/serve
cp /usr/bin/true /srv/shop/bin/probe
ssh-keygen -q -t ed25519 -N '' -C deploy -f /srv/shop/keys/deploy.key
chmod 0750 /srv/shop/spool

printf 'ada ALL=(root) /usr/bin/apt update\\n' > /etc/sudoers.d/ada && chmod 0440 /etc/sudoers.d/ada
printf '17 3 * * * root /usr/bin/true --rotate\\n' > /etc/cron.d/shop
printf '5 4 * * * /usr/bin/true --mail\\n' | crontab -u ada -
printf 'net.ipv4.conf.all.accept_redirects = 0\\n' > /etc/sysctl.d/90-shop.conf
printf 'deb [trusted=no] http://shop.example stable main\\n' > /etc/apt/sources.list.d/shop.list
printf '127.0.0.1 localhost\\n10.0.0.1 db.internal\\n' > /etc/hosts
rm -f /etc/resolv.conf && printf 'nameserver 192.0.2.53\\n' > /etc/resolv.conf
${["1.0-1", "1.0-2"].map((version) => buildPackage("sextant", version)).join("")}
${["2.0-1", "1.9-1"].map((version) => buildPackage("compass", version)).join("")}
${buildPackage("astrolabe", "1-1")}
dpkg --install ${packageFile("sextant", "1.0-1")} ${packageFile("compass", "2.0-1")} ${packageFile("astrolabe", "1-1")}
${unit("till", "User=bob\\n")}${unit("mail")}${unit("lookout")}
cat > /etc/nftables.conf <<'EOF'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iifname "lo" counter accept
    tcp dport 443 accept
  }
}
EOF
printf 'tmpfs /srv/shop/spool tmpfs size=1m,mode=0750,nosuid,nodev,noexec 0 0\\n' >> /etc/fstab

mkdir -p -m 0700 /root/.ssh /home/ada/.ssh
ssh-keygen -q -t ed25519 -N '' -C scan -f /root/.ssh/id_ed25519
ssh-keygen -q -t ed25519 -N '' -C ada -f /srv/ada_key
ssh-keygen -q -t ed25519 -N '' -C stranger -f /srv/stranger_key
cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys
cp /srv/ada_key.pub /home/ada/.ssh/authorized_keys && chown -R ada:ada /home/ada/.ssh
rm -f /etc/ssh/ssh_host_* && ssh-keygen -A
printf '127.0.0.1 %s\\n' "$(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" > /root/.ssh/known_hosts
printf 'PermitRootLogin prohibit-password\\nPasswordAuthentication no\\nX11Forwarding no\\nUseDNS no\\n' > /etc/ssh/sshd_config
systemctl daemon-reload
systemctl add-wants basic.target ssh.service dbus.service systemd-logind.service nftables.service 2>/dev/null
systemctl enable till.service mail.service lookout.service 2>/dev/null

systemctl restart nftables.service systemd-sysctl.service
systemctl start ssh.service dbus.service systemd-logind.service till.service mail.service lookout.service
mount /srv/shop/spool

git config --global user.name T
git config --global user.email t@example.com
git config --global safe.directory '*'
mkdir -p /srv/ops && cd /srv/ops && git init --quiet
`;

/** The certificate of the shop, and the one that takes its place. */
export const CERTIFICATES: Readonly<Record<string, string>> = {
  "/srv/shop/tls/shop.pem": makeCertificate(),
  "/srv/old.pem": makeCertificate({ notAfter: "250601000000Z", serial: 4 }),
};

const KINDS = [
  ...["user:*", "group:*", "sudo-rule:**", "authorized-key:**", "package:*", "apt-source:**", "service:*"],
  ...["cron-job:**", "container:**", "sysctl:*", "mount:**", "port:*", "firewall-rule:**", "host-entry:**"],
  ...["resolver:**", "sshd:*", "certificate:/srv/shop/**", "file:/srv/shop/**", "directory:/srv/shop/**"],
  ...["latent-drift:sysctl:**"],
].map((entry) => `host/${entry}`);

interface Scope {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
}

/** Both ways to one machine, which differ in nothing else: what is declared, what is looked for, what is ignored. */
export function bothWays(scope: Scope, ignore: readonly JsonObject[] = []): string {
  const target = { connector: "host", desired: "desired", scope };
  // A machine that has much to do takes its time.
  const overSsh = {
    hosts: [{ host: "ssh://root@127.0.0.1", name: "local" }],
    ssh: { connectTimeout: "60s", readTimeout: "180s" },
  };
  return stringify({
    version: 1,
    targets: { here: target, there: { ...target, settings: overSsh } },
    ignore,
  });
}

export const SHOP_CONFIG = bothWays(
  {
    include: [...KINDS, "host/file:/etc/ssh/sshd_config"],
    // Their content is compared as certificates.
    exclude: ["host/file:/srv/shop/tls/**"],
  },
  [{ kind: "host/package", id: "sextant", path: "/version", reason: "patched without us" }],
);

/** What a person wrote, beside what was captured. */
export const BY_HAND = `kind: host/file
id: /etc/shop/cache.ini
attributes:
  mode: "0644"
  content: |
    [cache]
    size = 10
    ttl = 60
---
kind: host/user
id: toor
absent: true
---
kind: host/service
id: telnet.socket
absent: true
`;
