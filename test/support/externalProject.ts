// A small project whose features an agent of another maker builds: a fake one, a process of its own, by a script.
import { writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ExternalEvent, userWith } from './cli';
import { repoRoot } from './repoRoot';
import { type SmallProject, writeProject } from './smallProject';

export const fakeAgent = path.join(repoRoot, 'test', 'support', 'fakeAcpAgent.mjs');

/** What a feature names to be built by it. */
export const mine = 'agent/mine';

/** By feature: the steps of each of its prompts, as `fakeAcpAgent.mjs` has them. */
export type AgentSteps = Readonly<Record<string, readonly (readonly object[])[]>>;

interface Further {
  /** What is otherwise with it than with a good one. */
  readonly how?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
}

type CleanUp = { push(end: () => unknown): unknown };

export async function scratchFolder(cleanUp: CleanUp): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-fake-')));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The project, and a user who has the fake agent under the name `mine`. */
export async function externalProject(
  cleanUp: CleanUp,
  project: Omit<SmallProject, 'script'> & Partial<SmallProject>,
  steps: AgentSteps,
  { how = [], settings = {} }: Further = {},
) {
  const { dir, remove } = await writeProject({ script: {}, ...project });
  cleanUp.push(remove);
  const file = path.join(await scratchFolder(cleanUp), 'steps.json');
  writeFileSync(file, JSON.stringify(steps));
  const command = [process.execPath, fakeAgent, file, ...how];
  const env = userWith({ agents: { mine: { command, variables: ['MINE_TOKEN'] } }, ...settings });
  return { dir, env, args: ['run', '--project-dir', dir, '--json'] };
}

export function eventsOf(events: readonly ExternalEvent[], type: string): readonly ExternalEvent[] {
  return events.filter((e) => e.type === type);
}
