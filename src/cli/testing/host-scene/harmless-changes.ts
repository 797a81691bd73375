import { packageFile } from "./set-up.ts";

/** What happens to a machine all the time and is no drift: by what is done, as a script. */
export const harmlessChanges: Readonly<Record<string, string>> = {
  "keys of sshd_config in another order, with comments and white space":
    "printf '# the ways in\\n\\nUseDNS   no\\nX11Forwarding no\\nPasswordAuthentication no\\n\\tPermitRootLogin prohibit-password\\n' > /etc/ssh/sshd_config && systemctl reload ssh",
  "sections and keys of an INI file in another order, with comments":
    "printf '; tuned by hand\\n[log]\\nlevel=info\\n\\n[server]\\nworkers = 4\\nport = 8080\\n' > /srv/shop/etc/shop.ini",
  "a JSON file that is laid out anew":
    'printf \'{\\n  "burst": 5,\\n  "limit": 10\\n}\\n\' > /srv/shop/etc/limits.json',
  "a file that is touched": "touch /srv/shop/share/plain.txt",
  "a file that is made anew, and is the same":
    "cp -p /srv/shop/bin/serve /srv/serve && rm /srv/shop/bin/serve && mv /srv/serve /srv/shop/bin/serve",
  "a file that is read": "touch -a -d '2001-01-01' /srv/shop/share/index.txt && cat /srv/shop/share/index.txt",
  "a folder in which something came and went": "touch /srv/shop/share/passing && rm /srv/shop/share/passing",
  "a patch of a package that a rule covers": `dpkg --install ${packageFile("sextant", "1.0-2")}`,
  "a service that is restarted": "systemctl restart till.service",
  "a crontab that is installed again": "crontab -u ada -l > /srv/crontab && crontab -u ada /srv/crontab",
  "a firewall that is loaded again, so that all its handles are others": "nft -f /etc/nftables.conf",
  "packets that a firewall counts":
    'node -e \'const s = require("node:dgram").createSocket("udp4"); s.send("x", 9, "127.0.0.1", () => s.close())\'',
  "members of a group in another order": "sed -i 's/^crew:\\(.*\\):.*/crew:\\1:cleo,ada,bob/' /etc/group",
  "a comment in the resolver's file": "printf '# made by hand\\nnameserver   192.0.2.53\\n' > /etc/resolv.conf",
  "entries of hosts in columns":
    "printf '127.0.0.1\\t\\tlocalhost\\n# databases\\n10.0.0.1\\tdb.internal\\n' > /etc/hosts",
  "a certificate that is written again":
    "cat /srv/shop/tls/shop.pem > /srv/same.pem && cat /srv/same.pem > /srv/shop/tls/shop.pem",
  "a log that grows outside the scope": "mkdir -p /var/log/shop && seq 1000 >> /var/log/shop/access.log",
};
