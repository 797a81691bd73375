import { JSDOM } from "jsdom";
import { beforeEach, describe, expect, it } from "vitest";
import { buildChange, buildFinding, buildResult, buildTarget, calmResult, NOW } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { renderHtml } from "./html.ts";
import { SCRIPT, SCRIPT_HASH } from "./html-script.ts";
import { STYLE, STYLE_HASH } from "./html-style.ts";

const OPTIONS = { now: NOW, version: "0.1.0" };

/** The page as a browser reads it; its script runs only where asked. */
function open(text: string, runs = false): Document {
  return new JSDOM(text, runs ? { runScripts: "dangerously" } : {}).window.document;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${Buffer.from(digest).toString("base64")}`;
}

describe("renderHtml", () => {
  it("allows its own script and style by their hash, and nothing else", async () => {
    const document = open(renderHtml(richResult(), OPTIONS));
    const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content");
    expect(policy).toBe(
      `default-src 'none'; style-src '${STYLE_HASH}'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'`,
    );
    expect(await sha256(document.querySelector("script")?.textContent ?? "")).toBe(SCRIPT_HASH);
    expect(await sha256(document.querySelector("style")?.textContent ?? "")).toBe(STYLE_HASH);
    expect([await sha256(SCRIPT), await sha256(STYLE)]).toEqual([SCRIPT_HASH, STYLE_HASH]);
  });

  it("refers to nothing outside of itself", () => {
    const document = open(renderHtml(richResult(), OPTIONS));
    expect(document.querySelectorAll("[src], link, iframe, object, embed, form, base, [style]")).toHaveLength(0);
    expect(Array.from(document.querySelectorAll("[href]"), (link) => link.getAttribute("href"))).toEqual(["#findings"]);
    expect(STYLE).not.toMatch(/url\(|@import/);
  });

  it("lets no text from production become markup", () => {
    const evil = `"'></td></script></style><script>alert(1)</script><img src=x onerror=alert(2)>\u202e`;
    const text = renderHtml(
      buildResult({
        targets: [buildTarget({ name: evil, connector: evil, revision: evil, failure: { message: evil, hint: evil } })],
        findings: [
          buildFinding({
            id: "f_aaaaaaaaaaaa",
            target: evil,
            kind: evil,
            at: evil,
            resource: evil,
            title: evil,
            rule: evil,
            actor: evil,
            controls: [{ framework: evil, id: evil }],
            declaredAt: { file: evil, line: 1 },
            status: "accepted",
            decision: { verb: "accept", by: evil, reason: evil, at: NOW, owner: evil, covers: [] },
            changes: [
              buildChange({ path: `/${evil}`, desired: evil, actual: { [evil]: evil } }),
              buildChange({ path: "/set", added: [evil], removed: [evil] }),
              buildChange({ path: "/text", desired: `${evil}\n`, actual: `${evil}\n${evil}\n` }),
            ],
          }),
          buildFinding({ id: "f_bbbbbbbbbbbb" }),
        ],
        resolved: [buildFinding({ id: "f_cccccccccccc", kind: evil, resource: evil, title: evil })],
        unchecked: [{ target: evil, kind: evil, at: evil, resource: evil, path: evil, reason: "denied", detail: evil }],
        knownGaps: [{ target: evil, kind: evil, at: evil, resource: evil, path: evil, reason: evil }],
        folded: [{ reason: evil, count: 1 }],
        folds: [{ target: evil, resource: { kind: evil, at: evil, id: evil }, path: evil, reason: evil }],
        warnings: [evil],
      }),
      OPTIONS,
    );
    const document = open(text);
    expect(document.querySelectorAll("script")).toHaveLength(1);
    expect(document.querySelectorAll("style")).toHaveLength(1);
    expect(document.querySelectorAll("img")).toHaveLength(0);
    const attributes = Array.from(document.querySelectorAll("*"), (element) => element.getAttributeNames()).flat();
    expect(attributes.filter((name) => name.startsWith("on"))).toEqual([]);
    expect(document.querySelector(".finding .title")?.textContent).toBe(evil.replace("\u202e", "\\u{202e}"));
    expect(document.querySelector<HTMLElement>(".finding")?.dataset["target"]).toBe(
      evil.replace("\u202e", "\\u{202e}"),
    );
  });

  it("is read without script: every finding is there, closed, and the filters are not", () => {
    const document = open(renderHtml(richResult(), OPTIONS));
    const findings = Array.from(document.querySelectorAll<HTMLDetailsElement>("details.finding"));
    expect(findings.map(({ id }) => id)).toEqual(richResult().findings.map(({ id }) => id));
    expect(findings.every(({ hidden }) => !hidden)).toBe(true);
    expect(document.getElementById("filters")?.hidden).toBe(true);
  });

  it("has no two elements of one id, and one heading of the first level", () => {
    const document = open(renderHtml(richResult(), OPTIONS));
    const ids = Array.from(document.querySelectorAll("[id]"), ({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.querySelectorAll("h1")).toHaveLength(1);
  });

  it("shows both sides of a change, and what could not be checked", () => {
    const document = open(renderHtml(richResult(), OPTIONS));
    const pair = document.querySelector("#f_k7q2mznp4xra .pair");
    expect(Array.from(pair?.querySelectorAll("code") ?? [], (side) => side.textContent)).toEqual(['"0600"', '"0644"']);
    expect(document.body.textContent).toContain("/srv/locked/**");
    expect(document.body.textContent).toContain('Cannot open target "batch": connection refused');
  });

  it("is calm when nothing drifted", () => {
    const document = open(renderHtml(calmResult(), OPTIONS), true);
    expect(document.querySelector("h1")?.textContent).toBe("In sync: edge");
    expect(document.querySelectorAll(".finding, #filters")).toHaveLength(0);
  });
});

describe("the filters of the page", () => {
  let document: Document;

  beforeEach(() => {
    document = open(renderHtml(richResult(), OPTIONS), true);
  });

  const shown = () => Array.from(document.querySelectorAll<HTMLElement>(".finding:not([hidden])"), ({ id }) => id);
  const idsWhere = (matches: (finding: ReturnType<typeof richResult>["findings"][number]) => boolean) =>
    richResult()
      .findings.filter(matches)
      .map(({ id }) => id);

  function check(value: string): void {
    document.querySelector<HTMLInputElement>(`#filters input[value=${value}]`)?.click();
  }

  function search(text: string): void {
    const input = document.querySelector<HTMLInputElement>("#search");
    if (input === null || document.defaultView === null) throw new Error("The page has no search");
    input.value = text;
    input.dispatchEvent(new document.defaultView.Event("input", { bubbles: true }));
  }

  it("appear where scripts run, and show everything at first", () => {
    expect(document.getElementById("filters")?.hidden).toBe(false);
    expect(shown()).toHaveLength(10);
  });

  it("keep one severity, or either of two", () => {
    check("critical");
    expect(shown()).toEqual(idsWhere(({ severity }) => severity === "critical"));
    check("warning");
    expect(shown()).toEqual(idsWhere(({ severity }) => severity !== "informational"));
  });

  it("keep what matches every group", () => {
    check("warning");
    check("security");
    expect(shown()).toEqual(idsWhere(({ severity, type }) => severity === "warning" && type === "security"));
    expect(document.getElementById("shown")?.textContent).toBe("1 of 10 findings");
  });

  it("keep one status", () => {
    check("accepted");
    expect(shown()).toEqual(idsWhere(({ status }) => status === "accepted"));
  });

  it("keep one target, and hide the heading of the others", () => {
    const findings = [buildFinding({ id: "f_aaaaaaaaaaaa" }), buildFinding({ id: "f_bbbbbbbbbbbb", target: "web" })];
    const targets = [buildTarget(), buildTarget({ name: "web" })];
    document = open(renderHtml(buildResult({ targets, findings }), OPTIONS), true);
    check("web");
    expect(shown()).toEqual(["f_bbbbbbbbbbbb"]);
    expect(Array.from(document.querySelectorAll<HTMLElement>(".group"), ({ hidden }) => hidden)).toEqual([true, false]);
  });

  it("find all words of a search anywhere in a finding, whatever their case", () => {
    search("WORKER.env db_password");
    expect(shown()).toEqual(["f_e5hw3ndu7jtk"]);
    search("nothing like it");
    expect(shown()).toEqual([]);
    expect(document.getElementById("none")?.hidden).toBe(false);
  });

  it("go back to everything", () => {
    check("cost");
    search("tuned");
    document.getElementById("reset")?.click();
    expect(shown()).toHaveLength(10);
  });

  it("open and close what is shown", () => {
    const opened = () => Array.from(document.querySelectorAll(".finding[open]"), ({ id }) => id);
    check("critical");
    document.getElementById("expand")?.click();
    expect(opened()).toEqual(shown());
    document.getElementById("collapse")?.click();
    expect(opened()).toEqual([]);
  });

  it("open everything for printing, and only for that", () => {
    const window = document.defaultView;
    window?.dispatchEvent(new window.Event("beforeprint"));
    expect(document.querySelectorAll(".finding[open]")).toHaveLength(10);
    window?.dispatchEvent(new window.Event("afterprint"));
    expect(document.querySelectorAll(".finding[open]")).toHaveLength(0);
  });
});
