import { describe, expect, it } from "vitest";
import { hostKindFacts } from "./facts.ts";

describe("hostKindFacts", () => {
  it("names each kind once", () => {
    const names = hostKindFacts.map((facts) => facts.kind);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(hostKindFacts)("$kind has an id and forms that their own examples have, and each attribute once", (facts) => {
    expect(facts.id.example).toMatch(new RegExp(facts.id.pattern ?? ".", "u"));
    for (const { form, description } of facts.attributes) {
      if (form !== undefined) expect(form.example).toMatch(new RegExp(form.pattern, "u"));
      expect(description).not.toMatch(/\.$/);
    }
    const paths = facts.attributes.map((attribute) => attribute.path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  const accepts = (kind: string, id: string) => {
    const pattern = hostKindFacts.find((facts) => facts.kind === `host/${kind}`)?.id.pattern ?? "^$";
    return new RegExp(pattern, "u").test(id);
  };

  it.each([
    ["file", "/etc/%0A"],
    ["file", "/etc/%FFx"],
    ["file", "/etc/..data"],
    ["file", "/ä b"],
    ["directory", "/"],
    ["package", "libc6:i386"],
    ["package", "libstdc++6"],
    ["service", "user@1000.service"],
    ["port", "tcp6:443"],
  ])("%s accepts the id %s", (kind, id) => {
    expect(accepts(kind, id)).toBe(true);
  });

  it.each([
    ["file", "etc/hosts"],
    ["file", "/etc//hosts"],
    ["file", "/etc/../hosts"],
    ["file", "/etc/"],
    ["file", "/etc/%41"],
    ["file", "/etc/%zz"],
    ["file", "/etc/a\nb"],
    ["service", "ssh"],
    ["port", "22"],
    ["sshd", "/etc/ssh/sshd_config"],
    ["cron-job", "/etc/crontab"],
  ])("%s refuses the id %s", (kind, id) => {
    expect(accepts(kind, id)).toBe(false);
  });
});
