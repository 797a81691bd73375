/** Leeway as a library: the engine behind the command line, and the contract for connectors of one's own. */
export { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./config/load-config.ts";
export type * from "./connector.ts";
export { connectors } from "./connectors/registry.ts";
export { type Captured, type CaptureOptions, capture } from "./engine/capture.ts";
export { type ScanOptions, scan } from "./engine/scan.ts";
export type { Workspace } from "./engine/workspace.ts";
export { type ErrorCode, KnownError, type Problem } from "./errors.ts";
export type * from "./model/drift.ts";
export type * from "./model/expected.ts";
export { type AttributeFacts, type KindCatalog, type KindFacts, kindCatalog } from "./model/facts.ts";
export type * from "./model/finding.ts";
export type * from "./model/json.ts";
export type * from "./model/observation.ts";
export type * from "./model/resource.ts";
export type * from "./model/rule.ts";
export type * from "./model/scan-result.ts";
export type * from "./model/time.ts";
export { FORMATS, type Format, render } from "./report/render.ts";
