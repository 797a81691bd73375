import type { AttributeCases, KindCases } from "./attribute-case.ts";

const deb = (version: string) =>
  `rm -rf /srv/deb && mkdir -p /srv/deb/DEBIAN && printf 'Package: sextant\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: T <t@example.com>\\nDescription: x\\n' > /srv/deb/DEBIAN/control && dpkg-deb --build /srv/deb /srv/sextant.deb >/dev/null && dpkg --install /srv/sextant.deb`;
const PACKAGE: AttributeCases = {
  "/version": { id: "sextant", declared: { version: "1.0-1" }, before: deb("1.0-1"), change: deb("1.0-2") },
};

export const packagesCases: KindCases = {
  "host/package": PACKAGE,
};
