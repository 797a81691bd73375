import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, missing, unmanaged } from "./rule-parts.ts";

const SOURCE = "host/apt-source";
const SOURCES = [SOURCE];
const DEBIAN = "deb http://deb.debian.org/debian bookworm";
const SIGNED = { components: ["main"], signed_by: ["/usr/share/keyrings/x.gpg"], verified_by: "its own key" };

function source(before: RuleExample["desired"], after: RuleExample["desired"]): RuleExample {
  return changed(SOURCE, DEBIAN, { before: { ...SIGNED, ...before }, after: { ...after } });
}

/** Where apt fetches packages from, and what vouches for them. */
export const aptSourceRules: readonly Rule[] = [
  {
    id: "host/package-source-unverified",
    kinds: SOURCES,
    paths: ["", "/trusted", "/allow_insecure", "/verified_by"],
    drift: ["changed", "unmanaged"],
    when: 'resource.actual.verified_by == "nothing"',
    severity: "critical",
    type: "security",
    title: "Nothing vouches for the packages of source {id}",
    controls: cis("1.2.1.1"),
    examples: {
      fires: [
        source({}, { trusted: true, verified_by: "nothing" }),
        source({}, { allow_insecure: true, verified_by: "nothing" }),
        unmanaged(SOURCE, "deb http://x.example ./", { trusted: true, verified_by: "nothing" }),
      ],
      silent: [
        source({ trusted: true, verified_by: "nothing" }, { trusted: false, verified_by: "its own key" }),
        unmanaged(SOURCE, DEBIAN, SIGNED),
      ],
    },
  },
  {
    id: "host/package-source-key-dropped",
    kinds: SOURCES,
    paths: ["/signed_by"],
    when: "change.after == null || size(change.removed) > 0 && size(change.after) == 0",
    severity: "critical",
    type: "security",
    title: "Any trusted key may now sign the packages of source {id}",
    examples: {
      fires: [
        {
          kind: SOURCE,
          id: DEBIAN,
          desired: SIGNED,
          baseline: SIGNED,
          actual: { components: ["main"], verified_by: "any trusted key" },
        },
      ],
      silent: [source({}, { signed_by: ["/usr/share/keyrings/y.gpg"] })],
    },
  },
  {
    id: "host/package-source-key-changed",
    kinds: SOURCES,
    paths: ["/signed_by"],
    severity: "warning",
    type: "security",
    title: "Another key may sign the packages of source {id}",
    examples: {
      fires: [source({}, { signed_by: ["/usr/share/keyrings/y.gpg"] })],
      silent: [source({}, { components: ["main", "contrib"] })],
    },
  },
  {
    id: "host/package-source-added",
    kinds: SOURCES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "warning",
    type: "security",
    title: "Packages may come from a source that is not declared: {id}",
    controls: cis("1.2.1.2"),
    examples: {
      fires: [unmanaged(SOURCE, DEBIAN, SIGNED)],
      silent: [unmanaged(SOURCE, "deb http://x.example ./", { trusted: true, verified_by: "nothing" })],
    },
  },
  {
    id: "host/package-source-removed",
    kinds: SOURCES,
    paths: ["", "/enabled"],
    when: 'resource.drift == "missing" || change.after == false',
    severity: "warning",
    type: "security",
    title: "No updates come from source {id} any more",
    examples: {
      fires: [missing(SOURCE, DEBIAN, SIGNED), source({}, { enabled: false })],
      silent: [source({ enabled: false }, { enabled: true })],
    },
  },
  {
    id: "host/package-source-unsafe-option",
    kinds: SOURCES,
    paths: ["/options/*"],
    when: 'change.path in ["/options/allow-weak", "/options/allow-downgrade-to-insecure", "/options/check-valid-until", "/options/check-date"] && change.after != null',
    severity: "warning",
    type: "security",
    title: "Source {id} is checked less strictly: {path} is {after}",
    examples: {
      fires: [source({ options: { languages: "de" } }, { options: { languages: "de", "allow-weak": "yes" } })],
      silent: [source({ options: { languages: "de" } }, { options: { languages: "en" } })],
    },
  },
  {
    id: "host/package-source-differs",
    kinds: SOURCES,
    severity: "informational",
    type: "functional",
    title: "Source {id} of packages is not as declared",
    examples: {
      fires: [
        source({}, { components: ["main", "contrib"] }),
        source({ options: { languages: "de" } }, { options: { languages: "en" } }),
      ],
      silent: [unmanaged(SOURCE, DEBIAN, SIGNED)],
    },
  },
];
