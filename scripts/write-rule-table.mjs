/**
 * Writes the table of the host rules in docs/rules.md from the rules themselves. `npm run docs` builds first; a test says when it
 * has to be run.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { hostRules } from "../dist/connectors/host/rules/index.js";

const page = new URL("../docs/rules.md", import.meta.url);
const rows = hostRules.map(({ id, severity, type, title, controls = [] }) => [
  `\`${id}\``,
  severity,
  type,
  title,
  controls.map((control) => control.id).join(", "),
]);
const line = (cells) => `| ${cells.join(" | ")} |`.replace("|  |", "| |");
const table = [line(["id", "severity", "type", "title", "controls"]), `|${"---|".repeat(5)}`, ...rows.map(line)].join(
  "\n",
);

const text = readFileSync(page, "utf8");
const written = text.replace(
  /(<!-- host rules -->\n)[\s\S]*?(<!-- \/host rules -->)/,
  (_, start, end) => `${start}${table}\n${end}`,
);
writeFileSync(page, written);
