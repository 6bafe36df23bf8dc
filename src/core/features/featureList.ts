// Checks a backlog as parsed JSON and gives its features, or every problem with its place and the way to mend it.
import { parseLockScope } from '../locks/lockPath';
import { eachInSteps, type Steps } from '../shared/steps';
import { type BacklogProblem, type DocumentPath, kindOf, type Say, shown } from './backlogProblem';
import type { FeatureSpec } from './feature';
import { canonicalName, differenceBetween, lookOf, meaningOf } from './featureName';
import { parseResources, tellResourcesApart } from './featureResources';

export type ParsedBacklog =
  | {
      readonly ok: true;
      readonly specs: readonly FeatureSpec[];
      /** What is accepted, and still worth a word: each with its place and what to write instead. */
      readonly notices: readonly BacklogProblem[];
    }
  | { readonly ok: false; readonly problems: readonly BacklogProblem[] };

export const defaultPriority = 3;
export const defaultCategory = 'default';
export const maxFeatures = 100_000;
const maxText = 100_000;
const maxName = 200;
/** A feature is told in one message: all names in its lists together, which are written out where the file has ids. */
const maxListed = 1_000_000;
const keys = [
  'name',
  'category',
  'priority',
  'description',
  'depends_on',
  'files',
  'resources',
  'verify',
  'model',
  'estimate',
];

/**
 * In steps, as a long backlog takes a second.
 *
 * @param document the parsed content of `features.json`
 * @param knownIds ids of features already in the database by name, so that `depends_on` may use ids;
 *   a name not in it gets the id it will have, in file order after the highest known. In a fresh clone, without a
 *   database, that is its place in the list: an id that means another feature there is accepted with a notice
 */
export function* parseBacklog(
  document: unknown,
  knownIds: ReadonlyMap<string, number> = new Map(),
  lastId = 0,
): Steps<ParsedBacklog> {
  const problems: BacklogProblem[] = [];
  const notices: BacklogProblem[] = [];
  const say = (path: DocumentPath, message: string) => void problems.push({ path, message });
  const note = (path: DocumentPath, message: string) => void notices.push({ path, message });
  if (!Array.isArray(document)) {
    return {
      ok: false,
      problems: [{ path: [], message: 'The backlog must be a list of features: [ { "name": "…" }, … ].' }],
    };
  }
  if (document.length > maxFeatures) {
    return {
      ok: false,
      problems: [
        { path: [], message: `The backlog has ${document.length} features; the most is ${maxFeatures}.` },
      ],
    };
  }
  const specs: (Draft | undefined)[] = [];
  yield* eachInSteps(document, (entry, at) => void specs.push(parseEntry(entry, at, say)));
  const names = yield* namesOf(specs, say);
  yield* tellResourcesApart(specs, say);
  const known: Known = {
    names,
    byId: nameById(specs, knownIds, lastId),
    byPlace: (place) => specs[place - 1]?.name,
    hint: hintFor(names),
  };
  yield* eachInSteps(specs, (spec, at) => {
    if (!spec) return;
    spec.dependsOn = resolveNeeds(spec, at, document, known, say, note);
    const chars = lengthOf(spec.dependsOn) + lengthOf(spec.files); // of resources there are few
    if (chars > maxListed)
      say(
        [at],
        `The names in "depends_on" and "files" of this feature have ${chars} characters together; the most is ${maxListed}. Name folders instead of files, or put a feature in between that depends on some of them.`,
      );
  });
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, specs: specs.filter((spec) => spec !== undefined), notices };
}

/** A spec in the making: of 10⁵ none is copied only to add a field. */
type Draft = { -readonly [K in keyof FeatureSpec]: FeatureSpec[K] };

/** One for all, as most lists of 10⁵ features may be empty. */
const none: readonly string[] = [];

/** All but `dependsOn`, which can be resolved when every name is known. */
function parseEntry(entry: unknown, at: number, say: Say): Draft | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    say([at], `A feature must be an object such as { "name": "…" }, not ${kindOf(entry)}.`);
    return undefined;
  }
  for (const key of Object.keys(entry)) {
    if (!keys.includes(key))
      say([at, key], `"${shown(key)}" is not a field of a feature. Known: ${keys.join(', ')}.`);
  }
  const field = (key: string): unknown =>
    Object.hasOwn(entry, key) ? (entry as Record<string, unknown>)[key] : undefined;
  const text = (key: string, most: number) => {
    const value = field(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') say([at, key], `"${key}" must be text, not ${kindOf(value)}.`);
    else if (value.length > most)
      say([at, key], `"${key}" has ${value.length} characters; the most is ${most}.`);
    else return value;
    return undefined;
  };
  const name = text('name', maxName);
  if (!Object.hasOwn(entry, 'name')) say([at], 'A feature needs a "name".');
  else if (name !== undefined && lookOf(name) === '') say([at, 'name'], 'A name must not be empty.');
  const priority = field('priority');
  if (priority !== undefined && !(Number.isSafeInteger(priority) && (priority as number) >= 1)) {
    say([at, 'priority'], '"priority" must be a whole number from 1 (most urgent).');
  }
  const estimate = field('estimate');
  if (
    estimate !== undefined &&
    !(typeof estimate === 'number' && Number.isFinite(estimate) && estimate > 0)
  ) {
    say([at, 'estimate'], '"estimate" must be a number of minutes above 0.');
  }
  const files = parseFiles(field('files'), at, say);
  const resources = parseResources(field('resources'), at, say);
  const verify = text('verify', maxText);
  const model = text('model', maxName);
  const spec: Draft = {
    name: canonicalName(name ?? ''),
    category: (text('category', maxName) ?? defaultCategory).trim().toLowerCase() || defaultCategory,
    priority: typeof priority === 'number' ? priority : defaultPriority,
    description: text('description', maxText) ?? '',
    dependsOn: none,
    files,
  };
  if (resources.length > 0) spec.resources = resources;
  if (verify !== undefined) spec.verify = verify;
  if (model !== undefined) spec.model = model;
  if (typeof estimate === 'number') spec.estimate = estimate;
  if (verify?.trim() === '')
    say([at, 'verify'], '"verify" is empty; leave it out to use the workspace\'s check.');
  return spec;
}

function parseFiles(value: unknown, at: number, say: Say): readonly string[] {
  if (value === undefined) return none;
  if (!Array.isArray(value)) {
    say([at, 'files'], `"files" must be a list of paths, not ${kindOf(value)}.`);
    return none;
  }
  value.forEach((file, k) => {
    if (typeof file !== 'string') {
      say([at, 'files', k], `A file must be text, not ${kindOf(file)}.`);
      return;
    }
    const scope = parseLockScope(file);
    if (!scope.ok) say([at, 'files', k], scope.error.message);
  });
  return value.filter((file): file is string => typeof file === 'string');
}

/** Where each name stands first. Two names that nobody could tell apart are a mistake, like one given twice. */
function* namesOf(specs: readonly (FeatureSpec | undefined)[], say: Say): Steps<ReadonlyMap<string, number>> {
  const first = new Map<string, number>();
  /** Of names that are not written as they look; those that are, as almost all of 10⁵, stand in `first` by their look. */
  const byLook = new Map<string, number>();
  yield* eachInSteps(specs, (spec, at) => {
    const look = lookOf(spec?.name ?? '');
    if (!spec || look === '') return;
    const { name } = spec;
    const before = first.get(name);
    const twin = byLook.get(look) ?? (look === name ? undefined : first.get(look));
    if (before !== undefined)
      say([at, 'name'], `"${shown(name)}" is already the name of entry ${before + 1}; names are unique.`);
    else if (twin !== undefined)
      say(
        [at, 'name'],
        `"${shown(name)}" looks like the name of entry ${twin + 1}, but has ${differenceBetween(name, specs[twin]?.name ?? '')}; write a name that can be told from it.`,
      );
    if (before === undefined) first.set(name, at);
    if (twin === undefined && look !== name) byLook.set(look, at);
  });
  return first;
}

/** The index is made at the first question: few backlogs have ids in them. */
function nameById(
  specs: readonly (FeatureSpec | undefined)[],
  known: ReadonlyMap<string, number>,
  lastId: number,
): (id: number) => string | undefined {
  let byId: Map<number, string> | undefined;
  return (id) => {
    if (!byId) {
      byId = new Map();
      let next = lastId;
      for (const spec of specs) if (spec) byId.set(known.get(spec.name) ?? ++next, spec.name);
    }
    return byId.get(id);
  };
}

interface Known {
  readonly names: ReadonlyMap<string, number>;
  readonly byId: (id: number) => string | undefined;
  /** What ids mean in a fresh clone: 1 is the first entry. */
  readonly byPlace: (place: number) => string | undefined;
  readonly hint: (name: string) => string;
}

function resolveNeeds(
  spec: FeatureSpec,
  at: number,
  document: readonly unknown[],
  known: Known,
  say: Say,
  note: Say,
): readonly string[] {
  const { names, byId, byPlace, hint } = known;
  const needs = (document[at] as { depends_on?: unknown }).depends_on;
  if (needs === undefined) return none;
  if (!Array.isArray(needs)) {
    say([at, 'depends_on'], `"depends_on" must be a list of names or ids, not ${kindOf(needs)}.`);
    return none;
  }
  const found: string[] = [];
  needs.forEach((need: unknown, k) => {
    const path = [at, 'depends_on', k];
    const name =
      typeof need === 'number' ? byId(need) : typeof need === 'string' ? canonicalName(need) : undefined;
    if (name === undefined) {
      say(
        path,
        typeof need === 'number'
          ? `No feature has the id ${need}. Ids differ from clone to clone; write the name of the feature.`
          : `A dependency must be a name or an id, not ${kindOf(need)}.`,
      );
    } else if (!names.has(name)) say(path, `No feature is named "${shown(name)}".${hint(name)}`);
    else if (name === spec.name) say(path, `"${shown(name)}" depends on itself; take this line out.`);
    else {
      const elsewhere = typeof need === 'number' ? byPlace(need) : name;
      if (elsewhere !== name) note(path, driftOf(need, name, elsewhere));
      found.push(name);
    }
  });
  return found.length > 1 ? [...new Set(found)] : found.slice();
}

function driftOf(id: unknown, name: string, elsewhere: string | undefined): string {
  const there = elsewhere === undefined ? 'no feature' : `"${shown(elsewhere)}"`;
  return `The id ${id} in "depends_on" means "${shown(name)}" here, but ${there} in a fresh clone, where ids count the entries from the top; write "${shown(name)}" instead.`;
}

/** Names the feature that was meant, and what the eye does not see of the difference. */
function hintFor(names: ReadonlyMap<string, number>): (name: string) => string {
  const meaning = meaningOf(names.keys());
  return (name) => {
    const meant = meaning(name);
    if (meant === undefined) return '';
    const unseen =
      lookOf(meant) === lookOf(name) && meant.trim() !== name.trim()
        ? ` The name here has ${differenceBetween(name, meant)}.`
        : '';
    return ` Did you mean "${shown(meant)}"?${unseen}`;
  };
}

function lengthOf(texts: readonly string[]): number {
  let chars = 0;
  for (const text of texts) chars += text.length;
  return chars;
}
