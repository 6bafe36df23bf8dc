// Chooses who is to look at a feature's work, by its category, the kinds of files it declares, and else its text: each is a role
// with a checklist, which the attempt's agent is told. A pure function, so that two attempts at one feature are told the same.
import type { FeatureSpec } from '../features/feature';
import { excerptOf } from '../shared/longText';

/** Each is a file NAME_prompt.md: our own, or the workspace's in `.parallel-agents/prompts`. */
export const checklistNames = [
  'coding',
  'frontend',
  'backend',
  'testing',
  'documentation',
  'product',
] as const;
export type ChecklistName = (typeof checklistNames)[number];

const checklistOf = {
  ui_master: 'frontend',
  aesthetics_master: 'frontend',
  logic_master: 'coding',
  architect: 'backend',
  test_master: 'testing',
  docs_master: 'documentation',
  product_manager: 'product',
} as const satisfies Readonly<Record<string, ChecklistName>>;
export type Role = keyof typeof checklistOf;

export interface Experts {
  /** The first does the work; each once, at least one. */
  readonly roles: readonly Role[];
  /** What they look at, in the order of the roles; each once. */
  readonly checklists: readonly ChecklistName[];
  /** Why these, for people; of bounded length. */
  readonly reason: string;
}

interface Chosen {
  readonly roles: readonly Role[];
  /** As the end of "for …". */
  readonly because: string;
}

const interfaces = ['ui_master', 'aesthetics_master'] as const;
const services = ['logic_master', 'architect'] as const;

const ofCategory: Readonly<Record<string, readonly Role[]>> = {
  frontend: interfaces,
  ui: interfaces,
  backend: services,
  api: services,
  database: services,
  testing: ['test_master'],
  documentation: ['docs_master'],
  product: ['product_manager'],
};

/** By the ends of names, in small letters. All others are code or data of some kind, as `logic_master` knows them. */
const ofEnding: Readonly<Record<string, readonly Role[]>> = {
  ...rolesFor(interfaces, 'tsx', 'jsx', 'vue', 'svelte', 'html', 'css', 'scss', 'less'),
  ...rolesFor(services, 'py', 'ts', 'mts', 'cts', 'sql'),
  ...rolesFor(['docs_master'], 'md', 'mdx', 'rst', 'adoc'),
};

/** What a text has to speak of, where neither category nor files tell; the first that fits. */
const ofText: readonly (readonly [RegExp, readonly Role[], string])[] = [
  [/\b(?:ui|user interface|stylesheet|css|button|screen)s?\b/i, interfaces, 'a user interface'],
  [/\b(?:api|endpoint|database|server|sql|schema)s?\b/i, services, 'a service or its data'],
  [/\b(?:(?:unit|integration|e2e|end-to-end) tests?|test suites?)\b/i, ['test_master'], 'tests'],
  [/\b(?:readme|documentation|docs|tutorial|changelog)\b/i, ['docs_master'], 'documentation'],
];

/** A test by its name, or by the folder that it lies in. */
const isTest = /(?:^|\/)(?:tests?|__tests__|e2e)(?:\/|$)|[._](?:test|spec)\.[^/]*$|(?:^|\/)test_[^/]*$/i;

export function chooseExperts(
  spec: Pick<FeatureSpec, 'name' | 'category' | 'files' | 'description'>,
): Experts {
  const told = [...byCategory(spec.category), ...byFiles(spec.files)];
  const chosen = told.length > 0 ? told : byText(`${spec.name}\n${excerptOf(spec.description)}`);
  const roles = [...new Set(chosen.flatMap((one) => one.roles))];
  return {
    roles,
    checklists: [...new Set(roles.map((role) => checklistOf[role]))],
    reason: reasonOf(chosen),
  };
}

function byCategory(category: string): readonly Chosen[] {
  const roles = Object.hasOwn(ofCategory, category) ? ofCategory[category] : undefined;
  return roles ? [{ roles, because: `category ${category}` }] : [];
}

function byFiles(files: readonly string[]): readonly Chosen[] {
  const tests = files.filter((file) => isTest.test(file));
  const endings = new Set(files.filter((file) => !tests.includes(file)).flatMap(endingsOf));
  const kinds = [...endings].flatMap((ending): readonly Chosen[] => {
    const roles = Object.hasOwn(ofEnding, ending) ? ofEnding[ending] : (['logic_master'] as const);
    return roles ? [{ roles, because: `.${ending} files` }] : [];
  });
  return [
    ...kinds,
    ...(tests.length > 0 ? [{ roles: ['test_master'] as const, because: 'test files' }] : []),
  ];
}

function byText(text: string): readonly Chosen[] {
  for (const [speaksOf, roles, of] of ofText)
    if (speaksOf.test(text)) return [{ roles, because: `${of}, which its text speaks of` }];
  return [{ roles: ['logic_master'], because: 'work of any kind' }];
}

/** None of a folder; of `*.{ts,tsx}` both. */
function endingsOf(file: string): readonly string[] {
  const name = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  const several = /\.\{([a-z0-9,]{1,60})\}$/.exec(name)?.[1];
  if (several !== undefined) return several.split(',').filter((ending) => ending !== '');
  const ending = /.\.([a-z0-9]{1,12})$/.exec(name)?.[1];
  return ending === undefined ? [] : [ending];
}

/** Each role once, beside what first asked for it. */
function reasonOf(chosen: readonly Chosen[]): string {
  const said = new Set<Role>();
  const parts = chosen.flatMap(({ roles, because }) => {
    const added = roles.filter((role) => !said.has(role));
    for (const role of added) said.add(role);
    return added.length > 0 ? [`${added.join(', ')} for ${because}`] : [];
  });
  return parts.join('; ');
}

function rolesFor(roles: readonly Role[], ...endings: readonly string[]): Record<string, readonly Role[]> {
  return Object.fromEntries(endings.map((ending) => [ending, roles]));
}
