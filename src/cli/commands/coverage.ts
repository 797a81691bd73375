import { type NamedTarget, selectTargets } from "../../engine/workspace.ts";
import type { KnownGap, Unchecked } from "../../model/drift.ts";
import { compileGlob } from "../../model/glob.ts";
import { parseScopeEntry } from "../../model/resource.ts";
import type { Coverage, Verdict } from "../../model/scan-result.ts";
import { parseDuration } from "../../model/time.ts";
import { jsonText } from "../../report/json.ts";
import { formatAge } from "../../report/time-words.ts";
import { visible } from "../../report/visible.ts";
import { coverageParts, resourceWords, VERDICT_WORDS } from "../../report/words.ts";
import type { PublishedScan, Store } from "../../store/store.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { openStoreToRead, openWorkspace } from "../open-workspace.ts";
import { type Options, textOption } from "../options.ts";
import type { Shell } from "../shell.ts";

/** What is known of how well one target is watched. */
interface TargetCoverage {
  readonly target: string;
  /** `stale` when the last whole scan is older than twice the schedule; null before the first one. */
  readonly verdict: Verdict | null;
  readonly observedAt: string | null;
  readonly revision: string | null;
  readonly coverage: Coverage | null;
  readonly abandonedSince: PublishedScan["abandonedSince"];
  /** Kinds in which no unmanaged resource is looked for, because the scope does not name them. */
  readonly kindsOutOfScope: readonly string[];
  readonly neverCompared: readonly { readonly kind: string; readonly path: string; readonly role: string }[];
  readonly unchecked: readonly Unchecked[];
  readonly knownGaps: readonly KnownGap[];
}

export async function coverage(shell: Shell, targets: readonly string[], options: Options): Promise<ExitCode> {
  const workspace = await openWorkspace(shell, options);
  const chosen = selectTargets(workspace, targets);
  await using store = await openStoreToRead(workspace);
  const scans = new Map((await store.lastScans()).map((scan) => [scan.target, scan]));
  const all: TargetCoverage[] = [];
  for (const named of chosen)
    all.push(await coverageOf(named, { store, scan: scans.get(named.name), now: shell.now() }));
  if (textOption(options, "format") === "json") await shell.out(jsonText(all));
  else await shell.out(all.map((one) => humanCoverage(one, shell.now())).join("\n"));
  return EXIT.inSync;
}

async function coverageOf(
  named: NamedTarget,
  from: { store: Store; scan: PublishedScan | undefined; now: string },
): Promise<TargetCoverage> {
  const { name, target, connector } = named;
  const { scan, store, now } = from;
  const kinds = [...(connector.kinds?.values() ?? [])];
  const inScope = (target.scope?.include ?? []).map((entry) => compileGlob(parseScopeEntry(entry).kind));
  return {
    target: name,
    verdict: scan === undefined ? null : presentVerdict(scan, target.schedule, now),
    observedAt: scan?.finishedAt ?? null,
    revision: scan?.revision ?? null,
    coverage: scan?.coverage ?? null,
    abandonedSince: scan?.abandonedSince ?? null,
    kindsOutOfScope: kinds.map(({ kind }) => kind).filter((kind) => !inScope.some((matches) => matches(kind))),
    neverCompared: kinds.flatMap(({ kind, attributes }) =>
      attributes.flatMap(({ path, roles = [] }) => {
        const role = roles.find((one) => one !== "sensitive" && one !== "computed" && one !== "input");
        return role === undefined ? [] : [{ kind, path, role }];
      }),
    ),
    unchecked: await store.unchecked(name),
    knownGaps: await store.knownGaps(name),
  };
}

/** The first that applies: drift and gaps stay what they are however old; a target that was in sync long ago is stale. */
function presentVerdict(scan: PublishedScan, schedule: string | undefined, now: string): Verdict {
  const everyMs = schedule === undefined ? undefined : parseDuration(schedule);
  const ageMs = Date.parse(now) - Date.parse(scan.finishedAt);
  const isStale = everyMs !== undefined && ageMs > 2 * everyMs;
  return isStale && scan.verdict === "in-sync" ? "stale" : scan.verdict;
}

function humanCoverage(one: TargetCoverage, now: string): string {
  const lines = [
    `${one.target}  ${one.verdict === null ? "never scanned" : VERDICT_WORDS[one.verdict]}${one.observedAt === null ? "" : `, scanned ${formatAge(one.observedAt, now)}`}`,
  ];
  if (one.coverage !== null)
    lines.push(
      `  ${coverageParts(one.coverage)
        .map(({ text }) => text)
        .join(" · ")}`,
    );
  if (one.abandonedSince !== null) lines.push(`  a later scan did not finish: ${visible(one.abandonedSince.reason)}`);
  lines.push(...section("Not looked for: unmanaged resources of", one.kindsOutOfScope));
  lines.push(
    ...section(
      "Unchecked",
      one.unchecked.map((gap) => `${resourceWords(gap)}${pathWords(gap.path)}: ${gap.reason}: ${visible(gap.detail)}`),
    ),
  );
  lines.push(
    ...section(
      "Known gaps",
      one.knownGaps.map((gap) => `${resourceWords(gap)}${pathWords(gap.path)}: ${visible(gap.reason)}`),
    ),
  );
  lines.push(
    ...section(
      "Never compared",
      one.neverCompared.map(({ kind, path, role }) => `${kind} ${path}: ${role}`),
    ),
  );
  return `${lines.join("\n")}\n`;
}

function pathWords(path: string | null): string {
  return path === null || path === "" ? "" : ` ${visible(path)}`;
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`  ${title}`, ...items.map((item) => `    ${item}`)];
}
