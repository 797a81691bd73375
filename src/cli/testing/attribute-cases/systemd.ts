import type { AttributeCases, KindCases } from "./attribute-case.ts";

const unit =
  "printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/lookout.service && systemctl daemon-reload && systemctl enable --now lookout.service";
const SERVICE: AttributeCases = {
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
