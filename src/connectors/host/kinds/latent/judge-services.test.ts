import { describe, expect, it } from "vitest";
import { parseProperties } from "../systemd/parse-properties.ts";
import { judgeUnits } from "./judge-services.ts";

const TARGET = "Id=basic.target\nActiveState=active\nUnitFileState=static\n";
const USUAL = {
  Id: "watch.service",
  ActiveState: "active",
  UnitFileState: "enabled",
  Type: "simple",
  RemainAfterExit: "no",
  ConditionResult: "yes",
  ConditionTimestampMonotonic: "17",
  WantedBy: "basic.target",
};

function judge(properties: Readonly<Record<string, string>>) {
  const block = Object.entries({ ...USUAL, ...properties }).map(([name, value]) => `${name}=${value}\n`);
  const units = parseProperties(Buffer.from(`${TARGET}\n${block.join("")}`));
  const [entry] = judgeUnits(units).values();
  return entry?.status === "present"
    ? [entry.actual["running"], entry.actual["persisted"], entry.actual["when"]]
    : undefined;
}

describe("judgeUnits", () => {
  it.each([
    ["an enabled one that stopped", { ActiveState: "inactive" }, ["inactive", "enabled", "reboot"]],
    ["an enabled one that failed", { ActiveState: "failed" }, ["failed", "enabled", "reboot"]],
    [
      "one that was enabled since the start",
      { ActiveState: "inactive", ConditionResult: "no", ConditionTimestampMonotonic: "0" },
      ["inactive", "enabled", "reboot"],
    ],
    [
      "a oneshot that stays, stopped",
      { ActiveState: "inactive", Type: "oneshot", RemainAfterExit: "yes" },
      ["inactive", "enabled", "reboot"],
    ],
    [
      "an enabled timer that stopped",
      { Id: "x.timer", ActiveState: "inactive", Type: "" },
      ["inactive", "enabled", "reboot"],
    ],
    ["a disabled one that runs", { UnitFileState: "disabled", WantedBy: "" }, ["active", "disabled", "reboot"]],
    [
      "a disabled one that only an inactive unit wants",
      { UnitFileState: "disabled", WantedBy: "x.target" },
      ["active", "disabled", "reboot"],
    ],
    ["a masked one that runs", { UnitFileState: "masked" }, ["active", "masked", "reboot"]],
    [
      "one that is masked until the next start",
      { UnitFileState: "masked-runtime", ActiveState: "inactive" },
      ["masked", "not masked", "reboot"],
    ],
    ["one that changed on disk", { NeedDaemonReload: "yes" }, ["as last loaded", "changed on disk", "restart"]],
  ])("finds %s", (_, properties, latent) => {
    expect(judge(properties)).toEqual(latent);
  });

  it.each([
    ["an enabled one that runs", {}],
    ["one that is starting", { ActiveState: "activating" }],
    ["one with a job under way", { ActiveState: "inactive", Job: "42" }],
    ["one whose condition did not hold", { ActiveState: "inactive", ConditionResult: "no" }],
    ["one that a socket starts", { ActiveState: "inactive", TriggeredBy: "watch.socket" }],
    ["one that only an inactive target wants", { ActiveState: "inactive", WantedBy: "graphical.target" }],
    ["a oneshot that has ended", { ActiveState: "inactive", Type: "oneshot" }],
    ["a static one that runs", { UnitFileState: "static", WantedBy: "" }],
    [
      "a disabled one that is required by something active",
      { UnitFileState: "disabled", WantedBy: "", RequiredBy: "basic.target" },
    ],
    ["a disabled one that a timer started", { UnitFileState: "disabled", WantedBy: "", TriggeredBy: "x.timer" }],
    ["a disabled one that the bus started", { UnitFileState: "disabled", WantedBy: "", BusName: "org.x" }],
    ["a disabled one that is stopped", { UnitFileState: "disabled", ActiveState: "inactive" }],
    [
      "one that the kernel's command line masks",
      { UnitFileState: "masked-runtime", FragmentPath: "/run/systemd/generator.early/watch.service" },
    ],
    ["a target", { Id: "x.target", ActiveState: "inactive" }],
  ])("leaves %s alone", (_, properties) => {
    expect(judge(properties)).toBeUndefined();
  });
});
