// An agent of another maker at work outside of a run: the fake one as a process, and a coordinator that writes down what it is asked.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { createAcpAgents } from '../../../src/adapters/agents/acpAgents';
import type { ProgramRunner } from '../../../src/adapters/process/programRunner';
import { createNodeClock } from '../../../src/adapters/system/nodeSystem';
import { createExternalAgent } from '../../../src/agent/external/externalAgent';
import type { AgentOutcome } from '../../../src/agent/tools/tool';
import { Redactor } from '../../../src/core/guardrails/redactor';
import type { AgentManners } from '../../../src/core/models/agents';
import type { Coordinator } from '../../../src/ports/coordinator';
import type { Clock } from '../../../src/ports/system';
import { fakeAgent } from '../../support/externalProject';
import { repoRoot } from '../../support/repoRoot';
import { type AgentWorldOptions, assignment, createAgentWorld } from '../agentWorld';

export interface ExternalWorld {
  /** What the coordinator was asked, in order. */
  readonly transcript: string[];
  readonly dir: string;
  readonly stop: AbortController;
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
    ...{ transcript: world.transcript, dir, stop: world.stop },
    run: () => run({ ...assignment, model: 'agent/mine', copyDir: dir, agent }, world.stop.signal),
    remove: () => {
      rmSync(dir, { recursive: true, force: true });
      rmSync(script, { force: true });
    },
  };
}

/** Only there where the test is one of those for which all is built. */
const hook = { execPath: process.execPath, hookPath: path.join(repoRoot, 'dist', 'hook.js') };

/** Without a guard, which is a bundle of its own. */
const plainPrograms: ProgramRunner = {
  async start({ argv: [file = '', ...args], cwd, env }) {
    const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += text;
    });
    const ended = new Promise<{ exitCode: number | null; errors: string }>((resolve) =>
      child.on('close', (exitCode) => resolve({ exitCode, errors })),
    );
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    stream.on('error', () => undefined);
    return {
      ...{ input: stream, output: stream, ended },
      end: () => {
        child.kill('SIGKILL');
        return ended;
      },
    };
  },
};

function filesIn(dir: string): ReadonlyMap<string, number> {
  const entries = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return new Map(entries.map((name) => [name, statSync(path.join(dir, name)).mtimeMs]));
}
