import type { HostKind } from "../kind.ts";
import { directoryKind } from "./directory.ts";
import { fileKind } from "./file.ts";

/** Every kind of host resource, in the order of `hostKindFacts`. */
export const hostKinds: readonly HostKind[] = [fileKind, directoryKind];
