import type { z } from "zod";
import type { Declared, Desired } from "./model/declared.ts";
import type { ExpectedObject } from "./model/expected.ts";
import type { KindCatalog, KindFacts } from "./model/facts.ts";
import type { JsonObject } from "./model/json.ts";
import type { KnownStates } from "./model/known-states.ts";
import type { Listing, Observation } from "./model/observation.ts";
import type { Place, ResourceRef, Scope } from "./model/resource.ts";
import type { Rule } from "./model/rule.ts";
import type { Instant } from "./model/time.ts";

/**
 * The plug-in that knows one sort of system. Importing or constructing one does no I/O; all I/O happens in what `open`
 * returns. A connector must not import another one, nor the engine.
 */
export interface Connector<Settings = unknown> {
  readonly name: string;
  /** Parses the target's `settings`. Unknown keys are errors. */
  readonly settings: z.ZodType<Settings>;
  /** The kinds known without a connection: configuration, rules and documents are checked against them offline. */
  readonly kinds?: KindCatalog;
  /** The rule pack that ships with it. */
  readonly rules?: readonly Rule[];
  /** The least privileges it needs, as a person grants them; each with what is lost without it. */
  permissions(settings: Settings): readonly Permission[];
  /**
   * Further attributes that declared content implies: what a text says of the resource besides its digest. Pure. An attribute that
   * the document declares itself holds over an implied one.
   */
  implied?(declared: DeclaredContent): ExpectedObject | undefined;
  /** Foreign desired formats it reads, by the name that `desired.format` gives. Reads no I/O of its own. */
  readonly formats?: Readonly<Record<string, DesiredFormat>>;
  /** Must not change anything on the system, now or later. */
  open(settings: Settings, context: ConnectorContext): Promise<Session>;
}

/** The text that a document gives, or names a file with, as the content of a resource. */
export interface DeclaredContent {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
}

/** Reads one file of a foreign desired format into declared resources. Pure: text in, resources or problems out. */
export interface DesiredFormat {
  /** Which files of a desired folder are of this format, by name. */
  readonly files: RegExp;
  /** @throws KnownError `DESIRED_INVALID` with every problem found, each with its position */
  read(file: DesiredFile): readonly Declared[];
}

export interface DesiredFile {
  /** As a person knows it, for positions. */
  readonly file: string;
  readonly text: string;
}

export interface ConnectorContext {
  /** The folder of `leeway.yaml`: relative paths in settings start there. */
  readonly baseDir: string;
  readonly now: () => Instant;
}

/** A read-only connection. Methods may run concurrently. None of them may change anything. */
export interface Session extends AsyncDisposable {
  /** Every place the settings mean, reachable or not. Declarations are expanded over it. */
  places(): Promise<readonly Place[]>;
  /** What a person should know of the settings as they were understood, each a sentence; never a secret. */
  readonly warnings?: readonly string[];
  /**
   * What the settings themselves declare, besides the desired state, such as the key that known_hosts gives a host. A document
   * that declares the same resource holds instead.
   */
  declared?(): Promise<readonly Declared[]>;
  /** Facts on kinds whose schema is only known live. */
  describe?(kinds: readonly string[]): Promise<KindCatalog>;
  /**
   * An observation for every resource asked for and for whatever else stands in scope, and one listing for every kind in
   * scope and place. A failed read must be `unchecked`, never `absent`. What it ends without answering counts as unchecked.
   */
  observe(request: ObserveRequest, signal: AbortSignal): AsyncIterable<Observation | Listing>;
  /**
   * Looks whether what was in sync still has the fingerprint that it had then, and sees it in `known` where it has: none of that is
   * observed. For a connector to which this is cheaper than observing. Undefined where it cannot tell, or where so much has changed
   * that all should be observed.
   */
  confirm?(request: ConfirmRequest, signal: AbortSignal): Promise<Confirmation | undefined>;
}

export interface ConfirmRequest extends Pick<ObserveRequest, "listedKinds"> {
  readonly scope: Scope;
  readonly known: KnownStates;
  /** When all that must be read to be sure was last read. */
  readonly provenAt: Instant;
  /** Whether to read it again, however short that is ago. */
  readonly mustProve: boolean;
}

export interface Confirmation {
  /** Of the kinds that were looked through: they need not be listed any more. */
  readonly listings: readonly Listing[];
  /** What stands in their scope and is not known, or not as it is known. */
  readonly others: readonly ResourceRef[];
  /** Whether all was read that must be read to be sure. */
  readonly isProven: boolean;
}

export interface ObserveRequest {
  /** Declared resources, and those that were declared at an earlier revision. */
  readonly asked: readonly AskedResource[];
  /** Where unmanaged resources are looked for; nothing is, when it is missing. */
  readonly scope?: Scope;
  /** Entries like those of a scope that limit the scan to a part: nothing outside them is asked for or listed. */
  readonly only?: readonly string[];
  /** The kinds of the scope's entries, patterns resolved against the catalog: each gets a listing at every place. */
  readonly listedKinds: readonly string[];
  /** The document last recorded of a resource, when there is one; its baseline's where it was absent the last time. */
  lastRecorded(resource: ResourceRef): Promise<JsonObject | undefined>;
}

export interface AskedResource {
  readonly resource: ResourceRef;
  /** Missing when it is no longer declared. Only what is declared need be read where reading costs (a hash, a test). */
  readonly desired?: Desired;
}

/** A right that a connector needs on the system, for `leeway permissions`. */
export interface Permission {
  readonly kinds: readonly string[];
  /** The file, command or call, exactly as it is used. */
  readonly access: string;
  /** The command as it is run, where it is one: program and arguments. */
  readonly argv?: readonly string[];
  /** What stands behind those arguments and differs from run to run, in words: `NAME…`. */
  readonly operands?: string;
  /** Who can: `anyone`, `root`, a capability, a group, an IAM action. */
  readonly needs: string;
  /** What is unchecked without it. */
  readonly without: string;
}

export type { KindFacts };
