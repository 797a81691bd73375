import type { HumanOptions } from "../report/human-context.ts";
import type { Shell } from "./shell.ts";

export function humanOptions(shell: Shell): HumanOptions {
  return { color: shell.color, width: shell.width, explain: false, now: shell.now() };
}

/** Columns as wide as they need be, the last one open. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
