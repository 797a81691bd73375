import type { AttributeCases, KindCases } from "./attribute-case.ts";

const deb = (version: string) =>
  `rm -rf /srv/deb && mkdir -p /srv/deb/DEBIAN && printf 'Package: sextant\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: T <t@example.com>\\nDescription: x\\n' > /srv/deb/DEBIAN/control && dpkg-deb --build /srv/deb /srv/sextant.deb >/dev/null && dpkg --install /srv/sextant.deb`;
const PACKAGE: AttributeCases = {
  "/version": { id: "sextant", declared: { version: "1.0-1" }, before: deb("1.0-1"), change: deb("1.0-2") },
  "/held": {
    id: "sextant",
    declared: { version: "1.0-1", held: true },
    before: `apt-mark unhold sextant; ${deb("1.0-1")} && apt-mark hold sextant`,
    change: "apt-mark unhold sextant",
  },
};

const FILE = "/etc/apt/sources.list.d/sextant.list";
const source = (options: string, components = "main") =>
  `rm -f /etc/apt/sources.list.d/sextant.*; echo 'deb ${options} http://sextant.example stable ${components}' > ${FILE}`;
const stanza = (enabled: string) =>
  `rm -f ${FILE}; printf 'Types: deb\nURIs: http://sextant.example\nSuites: stable\nComponents: main\nEnabled: ${enabled}\n' > /etc/apt/sources.list.d/sextant.sources`;
const S = "deb http://sextant.example stable";
const SOURCE: AttributeCases = {
  "/components": {
    id: S,
    declared: { components: ["main"] },
    before: source(""),
    change: source("", "main contrib"),
  },
  "/signed_by": {
    id: S,
    declared: { signed_by: ["/srv/a.gpg"], components: ["main"] },
    before: source("[signed-by=/srv/a.gpg]"),
    change: source("[signed-by=/srv/b.gpg]"),
  },
  "/architectures": {
    id: S,
    declared: { architectures: ["amd64"], components: ["main"] },
    before: source("[arch=amd64]"),
    change: source("[arch=amd64,i386]"),
  },
  "/trusted": {
    id: S,
    declared: { trusted: false, components: ["main"] },
    before: source("[trusted=no]"),
    change: source("[trusted=yes]"),
  },
  "/allow_insecure": {
    id: S,
    declared: { allow_insecure: false, components: ["main"] },
    before: source(""),
    change: source("[allow-insecure=yes]"),
  },
  "/enabled": { id: S, declared: { enabled: true, components: ["main"] }, before: stanza("yes"), change: stanza("no") },
  "/options": {
    id: S,
    declared: { options: { languages: "de" } },
    before: source("[lang=de]"),
    change: source("[lang=en]"),
    changed: "/options/languages",
  },
  "/verified_by": {
    id: S,
    declared: { trusted: { $oneOf: [true, false] }, verified_by: "any trusted key" },
    before: source("[trusted=no]"),
    change: source("[trusted=yes]"),
  },
};

export const packagesCases: KindCases = {
  "host/package": PACKAGE,
  "host/apt-source": SOURCE,
};
