// Tries, before a run, whether an agent of another maker would work: are its programs new enough, and is somebody logged in?
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentProfile } from '../../core/models/agents';
import { Failure } from '../../ports/failure';
import { agentEnvironment, type Environment } from '../process/childEnvironment';
import type { ProgramRunner } from '../process/programRunner';
import { createAcpAgents } from './acpAgents';
import { findAgent, programAt } from './findAgent';

/** A program that says something of itself starts a runtime of its own. */
const longestAskMs = 30_000;
const mostOutput = 10_000;

/**
 * Why nothing can be built with it now, in sentences with the mend; undefined where it can, as far as it tells. Nothing of it is
 * left when it is through, and no model is asked.
 * @param workspace absolute @param environment the user's
 */
export async function whyNotReady(
  profile: AgentProfile,
  workspace: string,
  environment: Environment,
  programs: ProgramRunner,
): Promise<string | undefined> {
  const found = findAgent(profile, workspace, environment);
  if (!found.ok) return found.message;
  const env = agentEnvironment(environment, '', found.start.env);
  const ask = async (name: string, args: readonly string[]) => {
    const program = programAt(name, workspace, environment);
    return program === undefined ? undefined : said(program, args, { env, cwd: path.parse(workspace).root });
  };
  const tooOld = Object.entries(profile.versions ?? {}).map(async ([name, oldest]) => {
    const own = versionIn((await ask(name, ['--version']))?.output ?? '');
    return own !== undefined && isOlder(own, oldest)
      ? `${profile.title} cannot be used: ${name} is ${own}, and ${oldest} is the oldest that is known to work. \`${profile.install}\` installs it.`
      : undefined;
  });
  const why = (await Promise.all(tooOld)).find((words) => words !== undefined);
  if (why !== undefined || !profile.login) return why;
  const { check, command } = profile.login;
  if (!check) return whyNoSession(found.start, programs);
  const [name = '', ...args] = check;
  const answer = name === '' ? undefined : await ask(name, args);
  // One that cannot say it, or was too slow, may be logged in all the same: its first turn shows it.
  return answer === undefined || answer.code === null || answer.code === 0
    ? undefined
    : `${profile.title} is not logged in. Log in with \`${command}\` in a terminal.`;
}

/** Opens a session in an empty folder. */
async function whyNoSession(
  start: Parameters<ReturnType<typeof createAcpAgents>['open']>[0],
  programs: ProgramRunner,
): Promise<string | undefined> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'pa-try-'));
  const client = {
    ask: async () => ({ isAllowed: false as const, why: 'It is only tried.' }),
    write: async () => ({
      ok: false as const,
      error: { code: 'stopped' as const, message: 'It is only tried.' },
    }),
    told: () => undefined,
  };
  try {
    const { hook: _, ...manners } = start.manners; // nothing is asked of it that it could do
    const agents = createAcpAgents(programs, { execPath: '', hookPath: '' }, longestAskMs);
    const where = { place: { cwd, env: {} }, tag: path.basename(cwd) };
    const session = await agents.open({ ...start, manners }, where, client, new AbortController().signal);
    await session.close();
    return undefined;
  } catch (error) {
    // What else it lacks is told as its attempt's own trouble.
    return Failure.is(error, 'noAgent') ? error.message : undefined;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

interface Said {
  readonly code: number | null;
  readonly output: string;
}

function said(
  program: string,
  args: readonly string[],
  { env, cwd }: { readonly env: Record<string, string>; readonly cwd: string },
): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      timeout: longestAskMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout?.on('data', (text) => {
      output = (output + text).slice(0, mostOutput);
    });
    child.once('error', () => resolve({ code: null, output }));
    child.once('exit', (code) => resolve({ code, output }));
  });
}

/** The first that is printed, as all of them print it. */
function versionIn(output: string): string | undefined {
  return /\b\d+\.\d+\.\d+\b/.exec(output)?.[0];
}

function isOlder(own: string, oldest: string): boolean {
  const [a, b] = [own, oldest].map((version) => version.split('.').map(Number));
  const at = [0, 1, 2].find((k) => a?.[k] !== b?.[k]);
  return at !== undefined && (a?.[at] ?? 0) < (b?.[at] ?? 0);
}
