import type { Json } from "../../../model/json.ts";
import type { AttributeCase, AttributeCases, KindCases } from "./attribute-case.ts";

const BEFORE = "rm -f /etc/timezone /etc/adjtime; ln -sfn /usr/share/zoneinfo/Etc/UTC /etc/localtime";
const zoneCase = (declared: Readonly<Record<string, Json>>, change: string): AttributeCase => ({
  id: "system",
  declared,
  before: BEFORE,
  change,
});
const TIMEZONE: AttributeCases = {
  "/name": zoneCase({ name: "Etc/UTC" }, "ln -sfn /usr/share/zoneinfo/Europe/Berlin /etc/localtime"),
  "/rule": {
    ...zoneCase({ rule: "UTC0" }, "cp /usr/share/zoneinfo/Europe/Berlin /etc/localtime"),
    before: `${BEFORE}; cp --remove-destination /usr/share/zoneinfo/Etc/UTC /etc/localtime`,
  },
  "/timezone_file": zoneCase({ name: "Etc/UTC", timezone_file: "" }, "echo Asia/Tokyo > /etc/timezone"),
  "/hardware_clock": zoneCase({ hardware_clock: "utc" }, "printf '0.0 0 0.0\\n0\\nLOCAL\\n' > /etc/adjtime"),
};

export const timeCases: KindCases = { "host/timezone": TIMEZONE };
