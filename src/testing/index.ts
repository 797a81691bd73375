export { type ConnectorUnderTest, connectorSuite, type Subject, type SuiteCase } from "./connector-suite.ts";
