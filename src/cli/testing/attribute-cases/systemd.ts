import type { AttributeCases, KindCases } from "./attribute-case.ts";

const unit =
  "printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/lookout.service && systemctl daemon-reload && systemctl enable --now lookout.service";
const UNIT = "/etc/systemd/system/deck.service";
const text = "[Service]\\nExecStart=/usr/bin/sleep infinity\\n";
const write = (setting: string) => `printf '${text}${setting}' > ${UNIT} && systemctl daemon-reload`;
const fresh = `rm -rf ${UNIT}.d /run/systemd/system/deck.service; ${write("")}`;
const DECK = {
  enabled: true,
  running: false,
  masked: false,
  exec_start: ["/usr/bin/sleep infinity"],
  user: "root",
  fragment_path: UNIT,
  drop_ins: [],
  no_new_privileges: false,
  private_tmp: false,
  protect_system: "no",
  protect_home: "no",
};
const setting = (line: string) => ({ id: "deck.service", declared: DECK, before: fresh, change: write(`${line}\\n`) });
const SERVICE: AttributeCases = {
  "/exec_start": {
    id: "deck.service",
    declared: DECK,
    before: fresh,
    change: `sed -i 's/infinity/9/' ${UNIT} && systemctl daemon-reload`,
    changed: "/exec_start/0",
  },
  "/user": setting("User=nobody"),
  "/no_new_privileges": setting("NoNewPrivileges=yes"),
  "/private_tmp": setting("PrivateTmp=yes"),
  "/protect_system": setting("ProtectSystem=strict"),
  "/protect_home": setting("ProtectHome=yes"),
  "/drop_ins": {
    id: "deck.service",
    declared: DECK,
    before: fresh,
    change: `mkdir ${UNIT}.d && printf '[Service]\\nNice=0\\n' > ${UNIT}.d/x.conf && systemctl daemon-reload`,
  },
  "/fragment_path": {
    id: "deck.service",
    declared: DECK,
    before: fresh,
    change: `mv ${UNIT} /run/systemd/system/ && systemctl daemon-reload`,
  },
  "/enabled": {
    id: "lookout.service",
    declared: { enabled: true, running: true },
    before: unit,
    change: "systemctl disable lookout.service",
  },
  "/running": {
    id: "lookout.service",
    declared: { enabled: true, running: true },
    before: unit,
    change: "systemctl stop lookout.service",
  },
};

export const systemdCases: KindCases = {
  "host/service": SERVICE,
};
