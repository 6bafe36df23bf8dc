// One run of the built command line over real history, and all that is wrong afterwards.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { powerOf } from '../../../src/core/guardrails/powerFiles';
import { usualSharedLocks } from '../../../src/core/locks/sharedPaths';
import { cliPath, type ExternalEvent, parseEvents, runCli, userWith } from '../../support/cli';
import { differences, readFolder, withEntries } from './folderState';
import { git } from './gitRepository';
import type { RealFeature, RealHistory } from './realHistory';
import { machinePath, timedCommand } from './timedCommand';
import { copyTree } from './userFolder';

export interface ReplayOptions {
  readonly agents: number;
  /** Do the features name the files they touch? Else only those that have to be named. */
  readonly isDeclared: boolean;
  readonly check: string;
  /** Run in a new copy and after a lockfile changed. */
  readonly setUp?: string;
  /** Globs of files that agents may change at once, beside the usual ones. */
  readonly shared?: readonly string[];
  /** Where the run's own folders go; must not exist. */
  readonly dir: string;
  /** A run that takes longer is ended, and that is wrong. */
  readonly limitMs: number;
}

export interface Replay {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly events: readonly ExternalEvent[];
  /** The user's answers to questions, each with what was asked. */
  readonly yeses: readonly string[];
  /** How often the command was given: again after an answer that came when the run had ended. */
  readonly rounds: number;
  /** Sentences; empty where all is as it should be. */
  readonly wrong: readonly string[];
}

const mostRounds = 20;

export async function replay(history: RealHistory, options: ReplayOptions): Promise<Replay> {
  const folder = path.join(options.dir, 'project');
  await mkdir(options.dir, { recursive: true });
  await copyTree(history.template, folder);
  await writeBacklog(folder, history.features, options);
  const before = { state: await readFolder(folder), status: await statusOf(folder) };

  const env = environmentFor(history, options);
  const args = ['--project-dir', folder];
  const lines: string[] = [];
  const yeses: string[] = [];
  const answers: Promise<void>[] = [];
  const wrong: string[] = [];
  const confirm = async ({ featureId, why }: ExternalEvent) => {
    yeses.push(`${featureId}: ${typeof why === 'string' ? why : JSON.stringify(why)}`);
    const { code, notes } = await runCli(['confirm', String(featureId), ...args], env);
    if (code !== 0) wrong.push(`confirm ${featureId} ended with ${code}: ${notes.join(' ')}`);
  };
  let [wallMs, cpuMs, rounds] = [0, 0, 0];
  for (let code: number | null = 1; code !== 0; ) {
    const asked = yeses.length;
    const run = await timedCommand({
      argv: [process.execPath, cliPath, 'run', ...args, '--max-agents', String(options.agents), '--json'],
      cwd: options.dir,
      limitMs: options.limitMs,
      env,
      onLine: (line) => {
        lines.push(line);
        if (!line.includes('"feature.unconfirmed"')) return;
        const event = JSON.parse(line) as ExternalEvent;
        if (event.type === 'feature.unconfirmed') answers.push(confirm(event));
      },
    });
    await Promise.all(answers);
    code = run.code;
    rounds += 1;
    wallMs += run.wallMs;
    cpuMs += run.cpuMs;
    if (code !== 0 && (yeses.length === asked || rounds === mostRounds)) {
      const said = run.lines.filter((line) => !line.startsWith('{')).slice(-20);
      wrong.push(`The run ended with ${code}. ${said.join('\n')}`);
      break;
    }
  }
  const events = parseEvents(lines);
  wrong.push(...(await judgeFeatures(history.features, args, env)));
  const wanted = withEntries(before.state, history.last);
  wrong.push(...differences(wanted, await readFolder(folder)));
  wrong.push(...otherStatus(before.status, await statusOf(folder), new Set(history.last.keys())));
  return { wallMs, cpuMs, events, yeses, rounds, wrong };
}

async function writeBacklog(
  folder: string,
  features: readonly RealFeature[],
  { isDeclared, check }: ReplayOptions,
): Promise<void> {
  const backlog = features.map(({ name, description, dependsOn, files }) => {
    const named = isDeclared ? files : files.filter((file) => powerOf(file) !== undefined);
    return {
      name,
      description,
      depends_on: dependsOn,
      verify: check,
      ...(named.length > 0 ? { files: named } : {}),
    };
  });
  const script = Object.fromEntries(features.map(({ name, turns }) => [name, turns]));
  await writeFile(path.join(folder, 'features.json'), JSON.stringify(backlog, null, 2));
  await writeFile(path.join(folder, 'offline-script.json'), JSON.stringify(script, null, 2));
}

/** Of a user who has set limits that the largest of the changes keeps within. */
function environmentFor({ features, commands }: RealHistory, { setUp, shared, dir }: ReplayOptions) {
  const most = (count: (feature: RealFeature) => number) => Math.max(...features.map(count));
  return {
    ...userWith({
      'commands.allow': commands,
      'limits.max_file_edits': Math.max(50, 2 * most(({ files }) => files.length)),
      'limits.max_actions': Math.max(
        100,
        most(({ turns }) => turns.length),
      ),
      ...(shared === undefined ? {} : { 'locks.shared': [...usualSharedLocks, ...shared] }),
      ...(setUp === undefined ? {} : { 'copies.setup': setUp }),
    }),
    PATH: machinePath(),
    XDG_CACHE_HOME: path.join(dir, 'cache'),
    npm_config_cache: process.env.npm_config_cache,
    ANTHROPIC_API_KEY: undefined,
    MAX_AGENTS: undefined,
  };
}

async function judgeFeatures(
  features: readonly RealFeature[],
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const { lines, notes } = await runCli(['status', ...args, '--json'], env);
  const known = JSON.parse(lines.join('') || '{"features":{}}') as {
    features: Record<string, { spec: { name: string }; state: { status?: string; kind?: string } }>;
  };
  const states = new Map(Object.values(known.features).map(({ spec, state }) => [spec.name, state]));
  return features.flatMap(({ name }) => {
    const state = states.get(name);
    const is = state?.status ?? state?.kind ?? `unknown ${notes.join(' ')}`;
    return is === 'passing' ? [] : [`"${name}" is ${is}: ${JSON.stringify(state).slice(0, 1500)}`];
  });
}

/** What `git status` says, by path. */
async function statusOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const said = await git(
    folder,
    'status',
    '--porcelain',
    '--no-renames',
    '-z',
    '-uall',
    '--ignored=traditional',
  );
  const entries = said.split('\0').filter((entry) => entry !== '');
  return new Map(entries.map((entry) => [entry.slice(3), entry.slice(0, 2)]));
}

function otherStatus(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  touched: ReadonlySet<string>,
): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .filter((file) => before.get(file) !== after.get(file))
    .filter((file) => !touched.has(file) && !file.startsWith('.parallel-agents/'))
    .map((file) => `git status of ${file}: ${after.get(file)}, not ${before.get(file)}`);
}
