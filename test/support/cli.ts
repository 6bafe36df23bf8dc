// Runs the built command line as its own process on a copy of a sample, the way a person would.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { repoRoot } from './repoRoot';

export const cliPath = path.join(repoRoot, 'dist', 'cli.js');

export interface CliRun {
  readonly child: ChildProcess;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  /** Resolves when the process is gone. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Calls `listener` for every line of stdout as it comes. */
  onLine(listener: (line: string) => void): void;
  /** The same for stderr. */
  onNote(listener: (line: string) => void): void;
}

export interface ExternalEvent {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly featureId?: number;
  readonly agentId?: string;
  readonly slot?: number;
  readonly fence?: number;
  readonly path?: string;
  readonly [key: string]: unknown;
}

/** The user that all runs of this process's tests are of: their own settings are nobody's here. */
const configHome = mkdtempSync(path.join(tmpdir(), 'pa-config-'));
process.on('exit', () => rmSync(configHome, { recursive: true, force: true }));

/**
 * The environment of another user, with settings of their own; it goes with this process.
 *
 * @param settings by name below `parallelAgents.`; throws for one that there is not, which would set nothing
 */
export function userWith(settings: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
  const named = Object.entries(settings).map(([name, value]) => [`parallelAgents.${name}`, value] as const);
  const { contributes } = JSON.parse(readFileSync(path.join(repoRoot, 'package.json'), 'utf8'));
  const known = Object.assign(
    {},
    ...contributes.configuration.map(({ properties }: { properties: object }) => properties),
  );
  for (const [name] of named) if (!(name in known)) throw new Error(`There is no setting ${name}.`);
  const home = mkdtempSync(path.join(configHome, 'user-'));
  const folder = path.join(home, 'parallel-agents');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(Object.fromEntries(named)));
  return { XDG_CONFIG_HOME: home };
}

/** A key in this process's environment is not for the tests' runs. */
function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { ANTHROPIC_API_KEY: _, MAX_AGENTS: __, ...env } = process.env;
  return { ...env, XDG_CONFIG_HOME: configHome, ...extra };
}

/** @param stdout an open file to print to; then `lines` stay empty */
export function startCli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdout: 'pipe' | number = 'pipe',
): CliRun {
  const child = spawn(process.execPath, [cliPath, ...args], {
    stdio: ['ignore', stdout, 'pipe'],
    env: cleanEnvironment(env),
  });
  const lines: string[] = [];
  const notes: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  const noteListeners: ((line: string) => void)[] = [];
  const read = (stream: NodeJS.ReadableStream | null, into: string[], told: (line: string) => void) => {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      into.push(line);
      told(line);
    });
  };
  read(child.stdout, lines, (line) => {
    for (const listener of listeners) listener(line);
  });
  read(child.stderr, notes, (line) => {
    for (const listener of noteListeners) listener(line);
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    lines,
    notes,
    ended,
    onLine: (listener) => void listeners.push(listener),
    onNote: (listener) => void noteListeners.push(listener),
  };
}

/** As a shell tells it: a process that died by a signal, too, has an exit code there. */
export function exitCodeOf({ code, signal }: Awaited<CliRun['ended']>): number | null {
  if (signal === 'SIGINT') return 130;
  return signal === 'SIGTERM' ? 143 : code;
}

/** Runs to the end. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const run = startCli(args, env);
  const { code, signal } = await run.ended;
  return { code, signal, lines: run.lines, notes: run.notes };
}

export function parseEvents(lines: readonly string[]): readonly ExternalEvent[] {
  return lines.map((line) => JSON.parse(line) as ExternalEvent);
}

/** A fresh copy of a sample in a temporary folder of its own; `remove` takes all of it away. */
export async function copySample(
  name: string,
): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  const parent = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-test-')));
  const dir = path.join(parent, name);
  await cp(path.join(repoRoot, 'examples', name), dir, { recursive: true });
  return { dir, remove: () => rm(parent, { recursive: true, force: true }) };
}

/** Takes the pauses out of the sample's script: what counts is what happens, not how long a model thinks. */
export async function withoutPauses(dir: string): Promise<void> {
  const file = path.join(dir, 'offline-script.json');
  const script: unknown = JSON.parse(await readFile(file, 'utf8'), (key, value) =>
    key === 'delayMs' ? 0 : value,
  );
  await writeFile(file, JSON.stringify(script, null, 2));
}

/** Every file of the workspace but our own, by path, as text. */
export async function readTree(dir: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(dir, file).split(path.sep).join('/');
    if (entry.isFile() && !name.startsWith('.parallel-agents/')) tree[name] = await readFile(file, 'utf8');
  }
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}
