// The commands beside `run`: look at a workspace, and say what a person has to say to it.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { madeElsewhere } from '../client/elsewhere';
import { textForFailure } from '../client/link';
import type { Session } from '../client/session';
import { describeSlow, openBreakers } from '../core/events/accounts';
import { describeBreaker, describeSkip, endsOnOneLine, oneLine } from '../core/events/describe';
import { failedIn, type Snapshot } from '../core/events/snapshot';
import type { Evidence, Feature } from '../core/features/feature';
import { type Stage, stageOf } from '../core/features/featureMachine';
import type { Result } from '../core/shared/result';
import { lookAtRecords } from '../host/lookAtRecords';
import { Failure } from '../ports/failure';
import { closeSession, describeElsewhere, openFolder, openSession } from './openSession';
import { allPass, describeAtWork } from './runEnd';
import { tellLong } from './tellLong';
import { BadInput, type Terminal } from './terminal';

export async function status(
  root: string,
  json: boolean,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  const tell = (snapshot: Snapshot) => {
    if (json) terminal.print(JSON.stringify(snapshot));
    else for (const line of describeStatus(snapshot)) terminal.print(line);
  };
  await mustHaveRun(root);
  const long = tellLong(terminal.note);
  const joined = await openFolder({ root, distDir, terminal, long })
    .catch((error: unknown) => lastStored(root, terminal, distDir, error))
    .finally(() => long.end());
  if (joined.kind === 'elsewhere') {
    tell(joined.snapshot);
    for (const line of describeElsewhere(root)) terminal.note(`⚠️ ${line}`);
    return 1; // what passed elsewhere is not proved here
  }
  if (joined.kind === 'newer') terminal.note(`⚠️ ${joined.because.message}`);
  const { snapshot } = joined.kind === 'session' ? joined.session : joined;
  tell(snapshot);
  if (joined.kind === 'session') await closeSession(joined.session, terminal);
  return joined.kind === 'session' && allPass(snapshot, undefined) ? 0 : 1; // nobody vouches for what was stored
}

/** Where no host can be had: what the database held when it was last stored. @throws `error` where it cannot be read either */
async function lastStored(root: string, terminal: Terminal, distDir: string, error: unknown) {
  if (!Failure.is(error)) throw error;
  const records = await lookAtRecords(root, distDir).catch(() => undefined);
  if (!records) throw error;
  const { happened, mend } = textForFailure(error);
  terminal.note(`⚠️ ${happened} ${mend} What follows is what was last stored.`);
  if (records.madeElsewhere) terminal.note(`⚠️ ${madeElsewhere}`);
  return { kind: 'stored' as const, snapshot: records.snapshot };
}

type Judgement = 'retry' | 'confirm' | 'reject';

/** Where a feature is after each. */
const judged: { readonly [J in Judgement]: readonly Stage[] } = {
  retry: ['pending', 'waiting'],
  confirm: ['passing'],
  reject: ['failed'],
};

/** Retry, confirm or reject one feature. */
export async function judge(
  verb: Judgement,
  root: string,
  featureId: number,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  const ask = async (session: Session, isAgain: boolean) => {
    const before = session.snapshot.features[featureId];
    const isDone = isAgain && before !== undefined && judged[verb].includes(stageOf(before.state));
    if (!isDone) granted(await session.ask[verb]({ featureId }));
    const feature = session.snapshot.features[featureId];
    const said = {
      retry: 'is queued again; start a run to build it',
      confirm: 'is passing',
      reject: 'is rejected',
    }[verb];
    terminal.print(`Feature ${featureId} - ${oneLine(feature?.spec.name ?? '')} ${said}.`);
    return 0;
  };
  return ofNextOwner((isAgain) => withSession(root, terminal, distDir, (session) => ask(session, isAgain)));
}

/** Queues all that failed again: what an outage undid, say, once it is over. */
export async function retryAll(root: string, terminal: Terminal, distDir: string): Promise<number> {
  const queued = new Set<number>();
  const ask = async (session: Session) => {
    for (const { id, spec } of failedIn(session.snapshot)) {
      granted(await session.ask.retry({ featureId: id }));
      queued.add(id);
      terminal.print(`Feature ${id} - ${oneLine(spec.name)} is queued again.`);
    }
    terminal.print(
      queued.size === 0
        ? 'No feature has failed; there is nothing to queue again.'
        : `${queued.size} queued again; start a run to build ${queued.size === 1 ? 'it' : 'them'}.`,
    );
    return 0;
  };
  return ofNextOwner(() => withSession(root, terminal, distDir, ask));
}

/**
 * An owner may end, as that of a run does, while it is asked and before it has answered: then the next one is asked, who may
 * find that it was done.
 */
export async function ofNextOwner<T>(ask: (isAgain: boolean) => Promise<T>): Promise<T> {
  try {
    return await ask(false);
  } catch (error) {
    if (!Failure.is(error, 'closed')) throw error;
    return ask(true);
  }
}

/** The changes that a feature's question is about, for a pager or for Git. */
export async function diff(
  root: string,
  featureId: number,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  return withSession(root, terminal, distDir, async (session) => {
    terminal.print(granted(await session.diff(featureId)).slice(0, -1)); // `print` ends the last line
    return 0;
  });
}

/** Whoever asks for a stop is told within 5 s what came of it. */
const stopMs = 4_000;

export async function stop(root: string, terminal: Terminal, distDir: string): Promise<number> {
  return withSession(root, terminal, distDir, async (session) => {
    const answer = await Promise.race([session.ask.stopRun(), pause(stopMs)]);
    if (answer === undefined) {
      terminal.note(
        `⚠️ Stopping, and not all of it has ended yet: ${describeAtWork(session.snapshot) || 'the last of it'}. The process that runs this folder goes on with that, and says what is in the way.`,
      );
      return 1;
    }
    granted(answer);
    terminal.print('Stopped. Unfinished work was given up.');
    return 0;
  });
}

/** What was asked for; a refusal ends the command with its words. */
function granted<T>(answer: Result<T>): T {
  if (!answer.ok) throw new BadInput([answer.error.message]);
  return answer.value;
}

function describeStatus(snapshot: Snapshot): readonly string[] {
  const features = Object.values(snapshot.features);
  const passing = features.filter((f) => f.state.status === 'passing').length;
  const { run } = snapshot;
  return [
    run ? `Run ${run.id}: ${run.status}, ${run.settings.maxAgents} agents` : 'No run yet',
    ...(run?.status === 'running' ? openBreakers(snapshot).map((one) => `🔌 ${describeBreaker(one)}`) : []),
    ...(run?.status === 'running' ? describeSlow(snapshot, run.settings.maxAgents) : []).map(
      (line) => `🐢 ${line}`,
    ),
    ...features.map((f) => `${mark(f)} ${String(f.id).padStart(3)} ${oneLine(f.spec.name)} - ${where(f)}`),
    `${passing} of ${features.length} features passing`,
  ];
}

function mark({ state }: Feature): string {
  switch (state.status) {
    case 'pending':
      return '⬜';
    case 'waiting':
      return '⏳';
    case 'claimed':
      return state.phase === 'unconfirmed' ? '🔎' : '🚀';
    case 'passing':
      return '✅';
    case 'failed':
      return '❌';
    case 'skipped':
      return '⏭️';
    default:
      return state satisfies never;
  }
}

function where({ state }: Feature): string {
  switch (state.status) {
    case 'pending':
      return 'pending';
    case 'waiting':
      return `waiting for ${state.missing.map((id) => `feature ${id}`).join(', ')}`;
    case 'claimed':
      return state.phase === 'unconfirmed'
        ? `needs your check: ${endsOnOneLine(state.why)}`
        : `${state.phase}, agent ${state.claim.slot}`;
    case 'passing':
      return `passing, ${howProved(state.evidence)}`;
    case 'failed':
      return `failed: ${endsOnOneLine(state.reason)}`;
    case 'skipped':
      return `skipped: ${describeSkip(state.because)}`;
    default:
      return state satisfies never;
  }
}

function howProved(evidence: Evidence): string {
  if (evidence.kind === 'check') return `proved by ${oneLine(evidence.command)}`;
  return evidence.check
    ? `proved by ${oneLine(evidence.check.command)} and confirmed by you`
    : 'confirmed by you';
}

/** Where it cannot be looked at, whoever opens the folder says why. */
async function mustHaveRun(root: string): Promise<void> {
  await stat(join(root, '.parallel-agents', 'agents.db')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return;
    throw new BadInput([
      `Nothing has been run in ${root} yet. Start with: parallel-agents run --project-dir ${root}`,
    ]);
  });
}

async function withSession(
  root: string,
  terminal: Terminal,
  distDir: string,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  await mustHaveRun(root);
  const session = await openSession({ root, distDir, terminal });
  try {
    return await work(session);
  } finally {
    await closeSession(session, terminal);
  }
}
