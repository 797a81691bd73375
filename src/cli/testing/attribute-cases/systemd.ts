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

const TIMER_FILE = "/etc/systemd/system/tide.timer";
const timerText = "[Timer]\\nOnCalendar=daily\\nOnBootSec=1h\\n";
const writeTimer = (settings: string) =>
  `printf '${timerText}${settings}[Install]\\nWantedBy=timers.target\\n' > ${TIMER_FILE} && systemctl daemon-reload`;
const freshTimer = `systemctl disable --now tide.timer 2>/dev/null; rm -rf ${TIMER_FILE}.d /run/systemd/system/tide.timer; printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\n' > /etc/systemd/system/tide.service; ${writeTimer("")} && systemctl enable --now tide.timer`;
const TIDE = {
  enabled: true,
  running: true,
  masked: false,
  on_calendar: ["*-*-* 00:00:00"],
  monotonic: ["OnBootSec=1h"],
  on_clock_change: false,
  on_timezone_change: false,
  unit: "tide.service",
  persistent: false,
  wake_system: false,
  accuracy: "1min",
  randomized_delay: "0",
  fragment_path: TIMER_FILE,
  drop_ins: [],
};
const timerCase = (change: string) => ({ id: "tide.timer", declared: TIDE, before: freshTimer, change });
const timerSetting = (line: string) => timerCase(writeTimer(`${line}\\n`));
const TIMER: AttributeCases = {
  "/enabled": timerCase("systemctl disable tide.timer"),
  "/running": timerCase("systemctl stop tide.timer"),
  "/on_calendar": timerSetting("OnCalendar=weekly"),
  "/monotonic": timerSetting("OnUnitActiveSec=1d"),
  "/on_clock_change": timerSetting("OnClockChange=yes"),
  "/on_timezone_change": timerSetting("OnTimezoneChange=yes"),
  "/unit": timerSetting("Unit=ebb.service"),
  "/persistent": timerSetting("Persistent=yes"),
  "/wake_system": timerSetting("WakeSystem=yes"),
  "/accuracy": timerSetting("AccuracySec=1s"),
  "/randomized_delay": timerSetting("RandomizedDelaySec=5min"),
  "/fragment_path": timerCase(`mv ${TIMER_FILE} /run/systemd/system/ && systemctl daemon-reload`),
  "/drop_ins": timerCase(
    `mkdir ${TIMER_FILE}.d && printf '[Timer]\\n' > ${TIMER_FILE}.d/x.conf && systemctl daemon-reload`,
  ),
};

export const systemdCases: KindCases = {
  "host/service": SERVICE,
  "host/timer": TIMER,
};
