import { describe, expect, it } from "vitest";
import { isEnabled, isRunning, isTemplate, parseUnitFiles, parseUnits } from "./parse-units.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

describe("parseUnitFiles", () => {
  it("reads names with their states", () => {
    const { values, gaps } = parseUnitFiles(
      bytes("-.mount generated -\nsystem-getty\\x2d.slice  static  -\ngetty@.service enabled enabled\n"),
    );
    expect(Object.fromEntries(values)).toEqual({
      "-.mount": "generated",
      "system-getty\\x2d.slice": "static",
      "getty@.service": "enabled",
    });
    expect(gaps).toEqual([]);
  });

  it.each(["ssh.service\n", "no-suffix enabled\n", "ssh.service ENABLED?\n"])("leaves a gap for %j", (text) => {
    expect(parseUnitFiles(bytes(text)).gaps).toMatchObject([{ glob: "**", reason: "failed" }]);
  });
});

describe("parseUnits", () => {
  it("reads blocks in any order of their lines", () => {
    const { values, gaps } = parseUnits(
      bytes(
        "Id=ssh.service\nNames=sshd.service ssh.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n" +
          "ActiveState=inactive\nLoadState=not-found\nId=none.service\nNames=none.service\nUnitFileState=\n",
      ),
    );
    expect(values).toEqual([
      {
        names: ["ssh.service", "sshd.service"],
        loadState: "loaded",
        activeState: "active",
        unitFileState: "enabled",
        properties: expect.anything(),
      },
      {
        names: ["none.service"],
        loadState: "not-found",
        activeState: "inactive",
        unitFileState: "",
        properties: expect.anything(),
      },
    ]);
    expect(values[0]?.properties.value("LoadState")).toBe("loaded");
    expect(gaps).toEqual([]);
  });

  it.each(["Id=\nLoadState=loaded\nActiveState=active\n", "Id=a.service\nLoadState=loaded\n", "nonsense\n"])(
    "leaves a gap for %j",
    (text) => {
      const { values, gaps } = parseUnits(bytes(text));
      expect(values).toEqual([]);
      expect(gaps).toMatchObject([{ glob: "**", reason: "failed" }]);
    },
  );
});

describe("isEnabled", () => {
  it.each([
    ["enabled", true],
    ["enabled-runtime", true],
    ["static", true],
    ["alias", true],
    ["indirect", true],
    ["generated", true],
    ["transient", true],
    ["disabled", false],
    ["masked", false],
    ["masked-runtime", false],
    ["linked", false],
    ["linked-runtime", false],
    ["bad", undefined],
    ["", undefined],
    ["constructor", undefined],
  ])("takes %j for %s", (state, enabled) => {
    expect(isEnabled(state)).toBe(enabled);
  });
});

describe("isRunning", () => {
  it.each([
    ["active", true],
    ["reloading", true],
    ["refreshing", true],
    ["activating", false],
    ["deactivating", false],
    ["inactive", false],
    ["failed", false],
  ])("takes %s for %s", (state, running) => {
    expect(isRunning(state)).toBe(running);
  });
});

describe("isTemplate", () => {
  it.each([
    ["getty@.service", true],
    ["getty@tty1.service", false],
    ["ssh.service", false],
  ])("takes %s for %s", (name, template) => {
    expect(isTemplate(name)).toBe(template);
  });
});
