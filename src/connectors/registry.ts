import type { Connector } from "../connector.ts";
import { hostConnector } from "./host/connector.ts";

/** Every connector by its name. A new one is one folder and one line here: nothing else knows its name. */
export const connectors: ReadonlyMap<string, Connector> = new Map<string, Connector>(
  [hostConnector].map((connector) => [connector.name, connector]),
);
