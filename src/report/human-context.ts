import type pc from "picocolors";
import type { Instant } from "../model/time.ts";

export interface HumanOptions {
  readonly color: boolean;
  /** Columns of the terminal; values are cut to it. */
  readonly width: number;
  /** Lists each folded difference, and every unchecked answer instead of the first ones. */
  readonly explain: boolean;
  readonly now: Instant;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** What every part of the report is written with. */
export interface HumanContext extends HumanOptions {
  readonly colors: Colors;
}
