import assert from "node:assert/strict";
import { loadRules } from "../classify/rule-set.ts";
import type { Connector, ObserveRequest, Session } from "../connector.ts";
import type { KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import type { Json } from "../model/json.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import { parsePointer } from "../model/pointer.ts";
import { type ResourceRef, resourceKey, type Scope } from "../model/resource.ts";

/** A resource as people name it: where it lives is found out. */
export interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** A connector, and a real system under the suite's control. Every member that changes the system undoes it when disposed. */
export interface ConnectorUnderTest<Settings> {
  readonly connector: Connector<Settings>;
  /** As they stand in leeway.yaml. */
  readonly settings: unknown;
  /** The folder of leeway.yaml; the current one when left out. */
  readonly baseDir?: string;
  /** Is there as long as the suite runs; so is whatever else stands in `scope`. */
  readonly present: Subject;
  /** Is not there. */
  readonly absent: Subject;
  /** Holds `present`, and little else. */
  readonly scope: Scope;
  /** The kinds that the scope's entries name. */
  readonly listedKinds: readonly string[];
  /** Takes away the right to read `present`. */
  deny(): Promise<AsyncDisposable>;
  /** Puts one more resource into the scope; the suite takes it away while it is observed. */
  appear(): Promise<{ readonly resource: Subject; disappear(): Promise<void> }>;
  /** A session for which reading this resource never ends; leave out only where nothing can hang. */
  slow?(): Promise<{ readonly session: Session; readonly resource: Subject } & AsyncDisposable>;
  /** Everything about the system that a write would change. */
  fingerprint(): Promise<string>;
}

/** One claim about a connector. `run` rejects with an assertion error when it does not hold. */
export interface SuiteCase {
  readonly name: string;
  run(): Promise<void>;
}

type Answer = Observation | Listing;

const NEVER = new AbortController().signal;

/**
 * What every connector must do, one case a claim, for any test runner: `for (const { name, run } of connectorSuite(x)) it(name,
 * run)`. The cases share the system, so they must not run at the same time.
 */
export function connectorSuite<Settings>(subject: ConnectorUnderTest<Settings>): readonly SuiteCase[] {
  return [
    ...descriptionCases(subject),
    ...observationCases(subject),
    ...troubleCases(subject),
    ...sessionCases(subject),
  ];
}

function descriptionCases<Settings>(subject: ConnectorUnderTest<Settings>): readonly SuiteCase[] {
  const { connector, settings } = subject;
  return [
    {
      name: "refuses a setting that it does not know",
      run: async () => {
        assert.ok(connector.settings.safeParse(settings).success);
        const misspelt = { ...(settings as object), "no-such-setting": 1 };
        assert.ok(!connector.settings.safeParse(misspelt).success);
      },
    },
    {
      name: "describes its kinds without contradiction",
      run: async () => {
        for (const [kind, facts] of connector.kinds ?? []) {
          assert.equal(facts.kind, kind);
          assertFacts(facts);
        }
      },
    },
    {
      name: "names only its own kinds in the rights that it needs and in its rules",
      run: async () => {
        const kinds = [...(connector.kinds?.keys() ?? [])];
        const permissions = connector.permissions(connector.settings.parse(settings));
        for (const pattern of [...permissions, ...(connector.rules ?? [])].flatMap((named) => named.kinds))
          assert.ok(kinds.some(compileGlob(pattern)), `"${pattern}" names no kind`);
      },
    },
    {
      name: "has rules without a mistake",
      run: async () => {
        // Throws with every mistake. A scan takes rules that ship with a connector for right until it tries them.
        const functions = { versionOrder: () => undefined };
        loadRules(connector.rules ?? [], [...(connector.kinds?.values() ?? [])], { functions });
      },
    },
  ];
}

function observationCases<Settings>(subject: ConnectorUnderTest<Settings>): readonly SuiteCase[] {
  const { connector, present, absent, scope, listedKinds } = subject;
  return [
    {
      name: "observes what is there as present, with attributes that its facts know",
      run: async () => {
        const observation = await observeOne(subject, present);
        assert.ok(observation.status === "present");
        const facts = connector.kinds?.get(present.kind);
        if (facts === undefined || facts.open === true) return;
        const known = new Set(facts.attributes.map(({ path }) => parsePointer(path)[0]));
        for (const name of Object.keys(observation.actual)) assert.ok(known.has(name), `no fact knows "${name}"`);
        for (const value of Object.values(observation.actual)) assertJson(value);
      },
    },
    {
      name: "observes what is not there as absent",
      run: async () => assert.equal((await observeOne(subject, absent)).status, "absent"),
    },
    {
      name: "answers whatever is asked, and what it does not know as unchecked",
      run: async () => {
        const strange = [
          { kind: "no-such-kind", id: "x" },
          { kind: present.kind, id: "x", at: "no such place" },
        ];
        const { asked, answers } = await observe(subject, [present, absent, ...strange], {});
        const answered = answers.filter((answer) => !isListing(answer)).map((answer) => resourceKey(answer.resource));
        assert.deepEqual([...answered].sort(), asked.map(resourceKey).sort());
        for (const { kind, at } of asked.slice(2))
          assert.equal(answers.find((answer) => isOf(answer, kind, at))?.status, "unchecked");
      },
    },
    {
      name: "finds what stands in scope without being asked, and lists each kind at each place once",
      run: async () => {
        const { places, answers } = await observe(subject, [], { scope, listedKinds });
        assert.ok(answers.some((answer) => !isListing(answer) && isSame(answer.resource, present)));
        const listings = answers.filter(isListing).map(({ kind, at }) => `${kind} ${at}`);
        assert.deepEqual(listings.sort(), listedKinds.flatMap((kind) => places.map((at) => `${kind} ${at}`)).sort());
      },
    },
    {
      name: "answers only once for what is asked and stands in scope as well",
      run: async () => {
        const { answers } = await observe(subject, [present], { scope, listedKinds });
        assert.equal(answers.filter((answer) => !isListing(answer) && isSame(answer.resource, present)).length, 1);
      },
    },
    {
      name: "lists nothing where there is no scope",
      run: async () => assert.ok(!(await observe(subject, [present], {})).answers.some(isListing)),
    },
    {
      name: "gives the same resources the same ids, and what did not change the same attributes",
      run: async () => {
        const [one, other] = [await documents(subject), await documents(subject)];
        assert.ok(one.size > 0);
        assert.deepEqual(one, other);
      },
    },
  ];
}

function troubleCases<Settings>(subject: ConnectorUnderTest<Settings>): readonly SuiteCase[] {
  const { present, scope, listedKinds } = subject;
  return [
    {
      name: "observes a denied resource as unchecked, never as absent",
      run: async () => {
        await using _denied = await subject.deny();
        const observation = await observeOne(subject, present);
        assert.equal(observation.status, "unchecked");
        assert.ok(observation.status === "unchecked" && observation.reason === "denied");
        assert.notEqual(observation.detail, "");
      },
    },
    {
      name: "says that a listing has a gap where a denied resource may be",
      run: async () => {
        await using _denied = await subject.deny();
        const { answers } = await observe(subject, [], { scope, listedKinds });
        assert.ok(
          answers.some((answer) => leavesOpen(answer, present)),
          "the listing passes for complete",
        );
      },
    },
    {
      name: "bears a resource that vanishes while it is observed, and observes it as absent afterwards",
      run: async () => {
        const { resource, disappear } = await subject.appear();
        assert.equal((await observeOne(subject, resource)).status, "present");
        const { answers } = await observe(subject, [resource], { scope, listedKinds }, disappear);
        assert.equal(answers.filter(isListing).length > 0, true);
        assert.equal((await observeOne(subject, resource)).status, "absent");
      },
    },
    ...(subject.slow === undefined ? [] : [slowCase(subject.slow.bind(subject))]),
    {
      name: "ends when it is aborted, before it starts and in the middle",
      run: async () => {
        await using session = await open(subject);
        for (const answersBefore of [0, 1]) {
          const aborter = new AbortController();
          if (answersBefore === 0) aborter.abort();
          const request = await requestFor(session, [present], { scope, listedKinds });
          let answers = 0;
          try {
            for await (const _ of session.observe(request.request, aborter.signal)) {
              answers += 1;
              aborter.abort();
            }
          } catch (error) {
            assert.equal(error, aborter.signal.reason);
          }
          assert.ok(answers <= answersBefore + 1, `${answers} answers came`);
        }
      },
    },
  ];
}

function slowCase(slow: NonNullable<ConnectorUnderTest<unknown>["slow"]>): SuiteCase {
  return {
    name: "observes a resource whose reading never ends as unchecked",
    run: async () => {
      await using hanging = await slow();
      const { request } = await requestFor(hanging.session, [hanging.resource], {});
      const answers = await drain(hanging.session.observe(request, NEVER));
      assert.equal(answers.length, 1);
      assert.ok(answers[0]?.status === "unchecked" && answers[0].reason === "timeout");
    },
  };
}

function sessionCases<Settings>(subject: ConnectorUnderTest<Settings>): readonly SuiteCase[] {
  const { present, scope, listedKinds } = subject;
  return [
    {
      name: "gives each place a name of its own",
      run: async () => {
        await using session = await open(subject);
        const names = (await session.places()).map((place) => place.name);
        assert.ok(names.length > 0);
        assert.equal(new Set(names).size, names.length);
      },
    },
    {
      name: "observes twice at the same time as it does once",
      run: async () => {
        await using session = await open(subject);
        const { request } = await requestFor(session, [present], { scope, listedKinds });
        const both = await Promise.all([1, 2].map(() => drain(session.observe(request, NEVER))));
        const [one, other] = both.map((answers) => Object.fromEntries(documentsOf(answers)));
        assert.deepEqual(one, other);
      },
    },
    {
      name: "lets a reader stop early",
      run: async () => {
        await using session = await open(subject);
        const { request } = await requestFor(session, [present], { scope, listedKinds });
        for await (const _ of session.observe(request, NEVER)) break;
        assert.ok((await drain(session.observe(request, NEVER))).length > 0);
      },
    },
    {
      name: "changes nothing on the system",
      run: async () => {
        const before = await subject.fingerprint();
        await observe(subject, [present, subject.absent], { scope, listedKinds });
        assert.equal(await subject.fingerprint(), before);
      },
    },
    {
      name: "may be disposed of twice",
      run: async () => {
        const session = await open(subject);
        await session[Symbol.asyncDispose]();
        await session[Symbol.asyncDispose]();
      },
    },
  ];
}

function open<Settings>({ connector, settings, baseDir = "." }: ConnectorUnderTest<Settings>): Promise<Session> {
  return connector.open(connector.settings.parse(settings), { baseDir, now: () => new Date().toISOString() });
}

type Wanted = Pick<ObserveRequest, "scope"> & Partial<Pick<ObserveRequest, "listedKinds">>;

/** Asks at the first place for what names no place. */
async function requestFor(session: Session, subjects: readonly (Subject & { readonly at?: string })[], wanted: Wanted) {
  const places = (await session.places()).map((place) => place.name);
  const [first] = places;
  assert.ok(first !== undefined);
  const asked = subjects.map(({ kind, id, at = first }): ResourceRef => ({ kind, at, id }));
  const request: ObserveRequest = {
    listedKinds: [],
    ...wanted,
    asked: asked.map((resource) => ({ resource })),
    lastRecorded: async () => undefined,
  };
  return { request, asked, places };
}

async function observe<Settings>(
  subject: ConnectorUnderTest<Settings>,
  subjects: readonly (Subject & { readonly at?: string })[],
  wanted: Wanted,
  afterFirst: () => Promise<void> = async () => {},
) {
  await using session = await open(subject);
  const requested = await requestFor(session, subjects, wanted);
  const answers: Answer[] = [];
  for await (const answer of session.observe(requested.request, NEVER)) {
    answers.push(answer);
    if (answers.length === 1) await afterFirst();
  }
  return { ...requested, answers };
}

async function observeOne<Settings>(subject: ConnectorUnderTest<Settings>, one: Subject): Promise<Observation> {
  const startedAt = new Date().toISOString();
  const { answers } = await observe(subject, [one], {});
  const [answer] = answers;
  assert.ok(answers.length === 1 && answer !== undefined && !isListing(answer));
  assert.ok(answer.observedAt >= startedAt && answer.observedAt <= new Date().toISOString());
  return answer;
}

async function drain(stream: AsyncIterable<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for await (const answer of stream) answers.push(answer);
  return answers;
}

/** What stands in scope, by its key. */
async function documents<Settings>(subject: ConnectorUnderTest<Settings>): Promise<ReadonlyMap<string, unknown>> {
  const { scope, listedKinds } = subject;
  return documentsOf((await observe(subject, [], { scope, listedKinds })).answers);
}

function documentsOf(answers: readonly Answer[]): ReadonlyMap<string, unknown> {
  const entries = answers.flatMap((answer): (readonly [string, unknown])[] =>
    isListing(answer) || answer.status !== "present" ? [] : [[resourceKey(answer.resource), answer.actual]],
  );
  return new Map([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isSame(resource: ResourceRef, { kind, id }: Subject): boolean {
  return resource.kind === kind && resource.id === id;
}

function isOf(answer: Answer, kind: string, at: string): boolean {
  return !isListing(answer) && answer.resource.kind === kind && answer.resource.at === at;
}

/** Whether an answer keeps a resource from passing for gone. */
function leavesOpen(answer: Answer, { kind, id }: Subject): boolean {
  if (!isListing(answer)) return isSame(answer.resource, { kind, id }) && answer.status !== "absent";
  if (answer.kind !== kind) return false;
  return answer.status === "unlisted" || (answer.gaps ?? []).some((gap) => compileGlob(gap.glob)(id));
}

function assertFacts({ id, attributes }: KindFacts): void {
  assert.match(id.example, new RegExp(id.pattern ?? "", "u"));
  for (const { path, form } of attributes) {
    assert.ok(parsePointer(path).length > 0);
    if (form !== undefined) assert.match(form.example, new RegExp(`^(?:${form.pattern})$`, "u"));
  }
}

function assertJson(value: Json): void {
  assert.ok(["string", "boolean", "bigint", "object"].includes(typeof value) || Number.isFinite(value), String(value));
  if (typeof value === "object" && value !== null) for (const member of Object.values(value)) assertJson(member);
}
