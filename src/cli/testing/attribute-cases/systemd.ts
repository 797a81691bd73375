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
  "/limits": {
    id: "deck.service",
    declared: { ...DECK, limits: { nofile: "100:200" } },
    before: `rm -rf ${UNIT}.d /run/systemd/system/deck.service; ${write("LimitNOFILE=100:200\\n")}`,
    change: write(""),
    changed: "/limits/nofile",
  },
  "/limits/*": {
    id: "deck.service",
    declared: { limits: { nofile: "100:200", rtprio: "5:5" } },
    before: `rm -rf ${UNIT}.d /run/systemd/system/deck.service; ${write("LimitNOFILE=100:200\\nLimitRTPRIO=5\\n")}`,
    change: write("LimitNOFILE=100:300\\nLimitRTPRIO=5\\n"),
    changed: "/limits/nofile",
  },
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
  // One that runs would fail where nobody may wake the system.
  "/wake_system": {
    ...timerSetting("WakeSystem=yes"),
    declared: { ...TIDE, running: false },
    before: `${freshTimer} && systemctl stop tide.timer`,
  },
  "/accuracy": timerSetting("AccuracySec=1s"),
  "/randomized_delay": timerSetting("RandomizedDelaySec=5min"),
  "/fragment_path": timerCase(`mv ${TIMER_FILE} /run/systemd/system/ && systemctl daemon-reload`),
  "/drop_ins": timerCase(
    `mkdir ${TIMER_FILE}.d && printf '[Timer]\\n' > ${TIMER_FILE}.d/x.conf && systemctl daemon-reload`,
  ),
};

const writeMast = (settings: string) =>
  `printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n${settings}' > /etc/systemd/system/mast.service && systemctl daemon-reload`;
const MAST_SETTINGS =
  "Environment=PATH=/usr/bin:/srv/bin LOG_LEVEL=info\\nEnvironmentFile=/srv/mast.env\\nPassEnvironment=TZ\\n";
const freshMast = `mkdir -p /srv/bin && chmod 0755 /srv/bin && echo TOKEN=one > /srv/mast.env && ${writeMast(MAST_SETTINGS)}`;
const MAST = {
  variables: { PATH: "/usr/bin:/srv/bin", LOG_LEVEL: "info", TOKEN: "one" },
  path_risks: [],
  environment_files: ["/srv/mast.env"],
  unusable_files: [],
  passed: ["TZ"],
};
const mastCase = (change: string) => ({ id: "mast.service", declared: MAST, before: freshMast, change });
const ENVIRONMENT: AttributeCases = {
  "/variables": {
    ...mastCase("echo TOKEN=two > /srv/mast.env"),
    declared: { ...MAST, variables: { TOKEN: "one" } },
    changed: "/variables/TOKEN",
  },
  "/variables/*": {
    ...mastCase(writeMast(MAST_SETTINGS.replace("=info", "=debug"))),
    changed: "/variables/LOG_LEVEL",
  },
  "/path_risks": mastCase("chmod 0777 /srv/bin"),
  "/environment_files": mastCase(writeMast(MAST_SETTINGS.replace("File=/srv", "File=-/srv"))),
  "/unusable_files": {
    ...mastCase("rm /srv/mast.env"),
    declared: { ...MAST, variables: { LOG_LEVEL: "info" } },
    before: `${freshMast} && echo '# none' > /srv/mast.env`,
  },
  "/passed": mastCase(writeMast(MAST_SETTINGS.replace("=TZ", "=TZ HOME"))),
};

const LIMITS = "/etc/security/limits.d/leeway-test.conf";
const PROCESS_LIMIT: AttributeCases = {
  "/value": {
    id: "*#hard#core",
    declared: { value: "0" },
    before: `echo '* hard core 0' > ${LIMITS}`,
    change: `echo '* hard core unlimited' > ${LIMITS}`,
  },
};

export const systemdCases: KindCases = {
  "host/service": SERVICE,
  "host/timer": TIMER,
  "host/environment": ENVIRONMENT,
  "host/process-limit": PROCESS_LIMIT,
};
