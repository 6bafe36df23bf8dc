// Where the command line finds settings: its flags, the environment, the workspace's file, then the user's own.
import { join } from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';
import { isNotRead, readFileWithin, whyNotRead } from '../adapters/files/boundedRead';
import { configFolder } from '../adapters/system/configFolder';
import { type SettingReader, settingsSection } from '../core/settings/setting';
import { allSettings, settingsTable } from '../core/settings/settingsTable';
import { isObject } from '../core/shared/fields';

const prefix = `${settingsSection}.`;
/** No person writes as much into one: 4 MiB. */
const mostBytes = 4 * 1024 * 1024;

export interface SettingsSources {
  readonly read: SettingReader;
  /** Files that could not be read as settings. */
  readonly warnings: readonly string[];
}

export function userSettingsFile(env: Readonly<Record<string, string | undefined>>): string {
  return join(configFolder(env), 'settings.json');
}

/** @param flags settings named on the command line, by their name below `parallelAgents.` */
export async function readSettings(
  root: string,
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SettingsSources> {
  const warnings: string[] = [];
  const workspace = await readJson(join(root, '.vscode', 'settings.json'), warnings);
  const user = await readJson(userSettingsFile(env), warnings);
  const read: SettingReader = (name, of) => {
    const fromUser = settingIn(user, prefix + name) ?? settingIn(user, name);
    if (of !== undefined) return of === 'user' ? fromUser : settingIn(workspace, prefix + name);
    if (flags[name] !== undefined) return flags[name];
    if (name === settingsTable.run.maxAgents.key && env.MAX_AGENTS !== undefined && env.MAX_AGENTS !== '')
      return asNumber(env.MAX_AGENTS);
    const fromWorkspace = isForMachine(name) ? undefined : settingIn(workspace, prefix + name);
    return fromWorkspace ?? fromUser;
  };
  return { read, warnings };
}

/** Only the user's own file gives it: a workspace must not name an endpoint, raise the machine's limits or have secrets handed out. */
function isForMachine(name: string): boolean {
  return allSettings.some(
    ({ key, scope }) => scope === 'machine' && (name === key || name.startsWith(`${key}.`)),
  );
}

/** As in an editor, `"a.b.c": 1` says the same as `"a": {"b": {"c": 1}}`, and both may say something. */
function settingIn(settings: ReadonlyMap<string, unknown>, name: string): unknown {
  const below = [...settings].filter(([key]) => key.startsWith(`${name}.`));
  const value = settings.get(name);
  if (below.length === 0) return value;
  const parts = below.map(([key]) => key.slice(name.length + 1).split('.')[0] ?? '');
  const values = [...new Set(parts)].map((part) => [part, settingIn(settings, `${name}.${part}`)] as const);
  const tree: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [part, own] of values) tree[part] = merged(tree[part], own);
  return tree;
}

function merged(one: unknown, other: unknown): unknown {
  return isObject(one) && isObject(other) ? { ...one, ...other } : other;
}

async function readJson(file: string, warnings: string[]): Promise<ReadonlyMap<string, unknown>> {
  const read = await readFileWithin(file, mostBytes, 'follow').catch((error: unknown) => {
    warnings.push(`${file} could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (isNotRead(read) && read.notRead !== 'missing')
    warnings.push(`${file} ${whyNotRead(read, mostBytes)}; its settings are not used.`);
  if (read === undefined || isNotRead(read)) return new Map();
  const text = read.toString();
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  if (errors.length > 0 || typeof value !== 'object' || value === null) {
    warnings.push(`${file} is not valid JSON; its settings are not used.`);
    return new Map();
  }
  return new Map(Object.entries(value));
}

function asNumber(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}
