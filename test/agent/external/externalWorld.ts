// An agent of another maker at work outside of a run: the fake one as a process, and a coordinator that writes down what it is asked.
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAcpAgents } from '../../../src/adapters/agents/acpAgents';
import { createNodeClock } from '../../../src/adapters/system/nodeSystem';
import { createExternalAgent } from '../../../src/agent/external/externalAgent';
import type { AgentOutcome } from '../../../src/agent/tools/tool';
import { Redactor } from '../../../src/core/guardrails/redactor';
import type { AgentManners } from '../../../src/core/models/agents';
import type { Coordinator } from '../../../src/ports/coordinator';
import type { Clock } from '../../../src/ports/system';
import { fakeAgent } from '../../support/externalProject';
import { plainPrograms } from '../../support/plainPrograms';
import { repoRoot } from '../../support/repoRoot';
import { type AgentWorldOptions, assignment, createAgentWorld } from '../agentWorld';

export interface ExternalWorld {
  /** What the coordinator was asked, in order. */
  readonly transcript: string[];
  readonly dir: string;
  readonly stop: AbortController;
  /** As `AgentWorld.put`. */
  put(path: string, text: string): void;
  run(): Promise<AgentOutcome>;
  remove(): void;
}

/** @param prompts the steps of each prompt, as `fakeAcpAgent.mjs` has them */
export function createExternalWorld(
  prompts: readonly (readonly object[])[],
  options: AgentWorldOptions & {
    readonly after?: Clock['after'];
    readonly how?: string;
    readonly manners?: AgentManners;
  } = {},
): ExternalWorld {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'pa-driver-')));
  const script = path.join(dir, '..', `${path.basename(dir)}.json`);
  writeFileSync(script, JSON.stringify({ [assignment.name]: prompts }));
  let seen = filesIn(dir);
  const takeChanges: Coordinator['takeChanges'] = async () => {
    const now = filesIn(dir);
    const kept = [...now].filter(([name, at]) => seen.get(name) !== at).map(([name]) => name);
    seen = now;
    return { kept, dropped: [], contested: [] };
  };
  const world = createAgentWorld({
    ...options,
    answers: { agentPlace: async () => ({ cwd: dir, env: {} }), takeChanges, ...options.answers },
  });
  const { coordinator, files } = world.context;
  const clock = { ...createNodeClock(), ...(options.after && { after: options.after }) };
  const agents = createAcpAgents(plainPrograms, hook);
  const run = createExternalAgent({ coordinator, files, clock, agents, redactor: new Redactor() });
  const argv = [process.execPath, fakeAgent, script, ...(options.how === undefined ? [] : [options.how])];
  const agent = {
    ok: true,
    start: { title: 'Mine', argv, env: {}, manners: options.manners ?? {} },
  } as const;
  return {
    transcript: world.transcript,
    dir,
    stop: world.stop,
    put: world.put,
    run: () => run({ ...assignment, model: 'agent/mine', copyDir: dir, agent }, world.stop.signal),
    remove: () => {
      rmSync(dir, { recursive: true, force: true });
      rmSync(script, { force: true });
    },
  };
}

/** Only there where the test is one of those for which all is built. */
const hook = { execPath: process.execPath, hookPath: path.join(repoRoot, 'dist', 'hook.js') };

function filesIn(dir: string): ReadonlyMap<string, number> {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return new Map(entries.map((name) => [name, statSync(path.join(dir, name)).mtimeMs]));
}
