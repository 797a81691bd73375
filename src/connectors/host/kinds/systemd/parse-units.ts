import type { ListingGap } from "../../../../model/observation.ts";
import { idText, linesOf } from "../bytes.ts";
import { parseProperties, type UnitProperties } from "./parse-properties.ts";

/** What systemd says of one unit. */
export interface Unit {
  /** Its name, then its other names. */
  readonly names: readonly [string, ...string[]];
  readonly loadState: string;
  readonly activeState: string;
  /** Empty when it has no file of its own. */
  readonly unitFileState: string;
  /** Whatever else was asked of it. */
  readonly properties: UnitProperties;
}

/** What must be asked of every unit. */
export const UNIT_PROPERTIES = "Id,Names,LoadState,ActiveState,UnitFileState";

/** What was read, and a gap for each piece that could not be. */
export interface Parsed<T> {
  readonly values: T;
  readonly gaps: readonly ListingGap[];
}

/** Parses `systemctl list-unit-files --no-legend`: states by name. */
export function parseUnitFiles(output: Uint8Array): Parsed<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const gaps: ListingGap[] = [];
  for (const [index, line] of linesOf(output).entries()) {
    const [name, state] = line.trim().split(/ +/);
    if (name === undefined || name === "") continue;
    if (state === undefined || !/^.+\.[a-z]+$/.test(name) || !/^[a-z-]+$/.test(state))
      gaps.push(gapOf("systemctl list-unit-files", `line ${index + 1} is malformed`));
    else values.set(idText(name), state);
  }
  return { values, gaps };
}

/** Parses `systemctl show` of `UNIT_PROPERTIES` and others: one block a unit, in the order of the question. */
export function parseUnits(output: Uint8Array): Parsed<readonly Unit[]> {
  const values: Unit[] = [];
  const gaps: ListingGap[] = [];
  for (const [index, block] of parseProperties(output).entries()) {
    const unit = parseUnit(block);
    if (unit === undefined) gaps.push(gapOf("systemctl show", `block ${index + 1} is malformed`));
    else values.push(unit);
  }
  return { values, gaps };
}

function parseUnit(properties: UnitProperties): Unit | undefined {
  const id = properties.value("Id");
  const loadState = properties.value("LoadState");
  const activeState = properties.value("ActiveState");
  if (id === "" || loadState === "" || activeState === "") return undefined;
  const others = properties.words("Names").filter((name) => name !== id);
  return {
    names: [idText(id), ...others.map(idText)],
    loadState,
    activeState,
    unitFileState: properties.value("UnitFileState"),
    properties,
  };
}

/** The states for which `systemctl is-enabled` succeeds (systemctl(1), table 2). */
const ENABLED = new Set(["enabled", "enabled-runtime", "static", "alias", "indirect", "generated", "transient"]);
const NOT_ENABLED = new Set(["disabled", "masked", "masked-runtime", "linked", "linked-runtime"]);

/**
 * Whether a unit is enabled, as `systemctl is-enabled` answers: a static one is, because nothing but masking keeps others from
 * starting it. Undefined when systemd itself cannot tell.
 */
export function isEnabled(unitFileState: string): boolean | undefined {
  if (ENABLED.has(unitFileState)) return true;
  return NOT_ENABLED.has(unitFileState) ? false : undefined;
}

/** Whether nothing can start the unit, by hand neither. */
export function isMasked(unitFileState: string): boolean {
  return unitFileState === "masked" || unitFileState === "masked-runtime";
}

/** Whether a unit is active. One that is still starting is not: it may go on starting for ever. */
export function isRunning(activeState: string): boolean {
  return activeState === "active" || activeState === "reloading" || activeState === "refreshing";
}

/** Whether it is a pattern for units (`getty@.service`) and no unit. */
export function isTemplate(name: string): boolean {
  return /@\.[a-z]+$/.test(name);
}

function gapOf(what: string, how: string): ListingGap {
  return { glob: "**", reason: "failed", detail: `Cannot read what "${what}" prints: ${how}` };
}
