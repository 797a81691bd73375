import type { AttributeFacts, KindFacts } from "../../../../model/facts.ts";

const flag = (path: string, description: string): AttributeFacts => ({ path, type: "boolean", description });
const set = (path: string, description: string): AttributeFacts => ({
  path,
  type: "list",
  description,
  semantics: "set",
});
const duration = (path: string, description: string): AttributeFacts => ({
  path,
  type: "string",
  description,
  semantics: "duration",
});

export const timerFacts: KindFacts = {
  kind: "host/timer",
  summary: "A timer of systemd",
  id: {
    description: "the timer's full name",
    pattern: "^[^/\\s]+\\.timer$",
    example: "logrotate.timer",
  },
  attributes: [
    flag(
      "/enabled",
      "Whether it starts by itself, as systemctl is-enabled answers: static ones do, masked ones do not",
    ),
    flag("/running", "Whether it is active now and so waits for its next time; known only where systemd runs"),
    flag("/masked", "Whether nothing can start it, by hand neither"),
    set(
      "/on_calendar",
      "Times by the calendar as systemd-analyze calendar normalizes them: *-*-* 00:00:00 for daily. This and what follows is known only where systemd runs, and not of masked timers",
    ),
    set("/monotonic", "Times counted from something else, as the unit has them: OnBootSec=15min"),
    flag("/on_clock_change", "Whether it goes off when the clock is set"),
    flag("/on_timezone_change", "Whether it goes off when the time zone changes"),
    { path: "/unit", type: "string", description: "The unit that it starts" },
    flag("/persistent", "Whether it makes up for the times at which the host was off"),
    flag("/wake_system", "Whether it wakes a host that is suspended"),
    duration("/accuracy", "How much later than its time it may go off"),
    duration("/randomized_delay", "Up to how much it is put off by chance"),
    { path: "/fragment_path", type: "string", description: "The timer's own file" },
    set("/drop_ins", "Files that change it"),
  ],
  emptyIs: "value",
  settleMs: 5000,
  read: "systemctl show and list-unit-files; systemctl --root=/ list-unit-files where systemd does not run",
};
