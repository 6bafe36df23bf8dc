// `parallel-agents run`: builds the backlog from start to finish, in this process or through the host that has it.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '../client/session';
import type { Event } from '../core/events/event';
import type { History } from '../core/events/history';
import type { Snapshot } from '../core/events/snapshot';
import type { Feature } from '../core/features/feature';
import { unknownAgent } from '../core/models/agents';
import { accessWith, chooseModel, type ModelChoice, whyNotAsked } from '../core/models/modelAccess';
import { serviceOf } from '../core/models/providers';
import type { WhyNot } from '../core/routing/routeModel';
import { type CostEstimates, costOutlook, describeCost } from '../core/scheduler/costEstimates';
import { isMeant } from '../core/scheduler/decide';
import { buildable } from '../core/scheduler/forecast';
import { describeLeftOut, type MachineSettings } from '../core/settings/machineSettings';
import { resolveSettings } from '../core/settings/resolveSettings';
import type { FeatureId } from '../core/shared/ids';
import { Failure } from '../ports/failure';
import type { RunCommand } from './arguments';
import { followBacklog } from './followBacklog';
import { followMachine } from './liveMachine';
import { closeSession, openSession } from './openSession';
import { createJsonPrinter, createTextPrinter, type Printer } from './output';
import { mendNeeded } from './personNeeded';
import { checkBacklog, chooseFeatures } from './readBacklog';
import { allPass, describeAtWork, endOfRun, type RunEnd, tellLink } from './runEnd';
import { readSettings } from './settingsFiles';
import { type LongWork, tellLong } from './tellLong';
import { followPackages } from './tellPackages';
import { BadInput, type Terminal } from './terminal';

/** @returns the exit code: 0 when all meant features pass, 1 when not @throws BadInput */
export async function run(
  command: RunCommand,
  root: string,
  terminal: Terminal,
  distDir: string,
): Promise<number> {
  const long = tellLong(terminal.note);
  try {
    return await runBacklog(command, root, terminal, distDir, long);
  } finally {
    long.end();
  }
}

async function runBacklog(
  command: RunCommand,
  root: string,
  terminal: Terminal,
  distDir: string,
  long: LongWork,
): Promise<number> {
  const file = command.features ?? 'features.json';
  long.now(`Reading ${file}`, 'there is much to read, or its disk does not answer');
  const { path: backlog, named } = await checkBacklog(root, file);
  const sources = await readSettings(root, flagsOf(command), terminal.env);
  const { settings, machine, warnings } = resolveSettings(sources.read);
  if (command.maxAgents !== undefined && command.maxAgents > machine.agentLimit) {
    throw new BadInput([
      `--max-agents ${command.maxAgents} is above the limit of ${machine.agentLimit}; parallelAgents.agentLimit in your own settings raises it.`,
    ]);
  }
  for (const warning of [...sources.warnings, ...warnings]) terminal.note(`⚠️ ${warning}`);
  const hasScript = await exists(join(root, 'offline-script.json'));
  const { providers, agents } = machine;
  const access = accessWith((id) => terminal.env[serviceOf(id, providers)?.keyVariable ?? ''], providers);
  const { model: wish } = settings;
  const choice = chooseModel({ model: wish, providers, agents, access, hasOfflineScript: hasScript, named });
  refuseWithoutModel(choice, wish, machine, hasScript);
  const model = choice.kind === 'offline' ? 'offline' : settings.model;
  if (model === 'offline')
    terminal.note(
      'ℹ️ Offline model: it plays offline-script.json and thinks nothing up; no key and no network are used.',
    );

  const own = followMachine(root, terminal.env, machine);
  const place = { root, distDir, terminal, machine: own.now, long };
  const session = await openSession(place, command.elsewhere).catch((error: unknown) => {
    own.stop();
    throw error;
  });
  const left = new Promise<number>((resolve) => {
    terminal.onInterrupt(
      (exitCode) => void stopRun(session).then((isStopping) => !isStopping && resolve(exitCode)),
      () => describeAtWork(session.snapshot),
    );
  });
  const followed = followBacklog(session, backlog, terminal.note);
  let ending: LongWork | undefined;
  const build = async (): Promise<number> => {
    const many = 'there are many of them';
    long.now(`Bringing the features in line with ${backlog}`, many);
    await followed.load();
    const only =
      command.featureId === undefined
        ? undefined
        : chooseFeatures(session.snapshot, command.featureId, command.withDependencies);
    const printer = print(session, command.json, terminal, long);
    const keys = new Set(access.map((given) => given.provider));
    const whyNot: WhyNot = (id) => whyNotAsked(id, providers, keys);
    const mend = stopForPerson(session, whyNot);
    const tellPackages = followPackages(session, root, machine.workspaceSetUp, terminal.note);
    await tellRecovery(session, printer);
    const routing = { ...settings, ...(model === undefined ? {} : { model }) };
    tellCost(
      session.snapshot,
      only,
      (features, known) => costOutlook(features, known, routing, providers, whyNot),
      terminal,
    );
    long.now('Choosing what comes first', many);
    const started = await session.start({
      settings: {
        ...settings,
        maxAgents: agentsFor(command, session.snapshot, settings.maxAgents, machine.agentLimit),
        ...(model === undefined ? {} : { model }),
        ...(only === undefined ? {} : { only }),
      },
      allowedCommands: machine.allowedCommands,
      variables: machine.variables,
      ...(access.length === 0 || model === 'offline' ? {} : { access }),
    });
    if (!started.ok) throw new BadInput(started.error.message.split('\n'));
    if (session.role === 'follower') long.end(); // what the owner does by now may be anything
    const { leftOut, runId } = started.value;
    for (const words of describeLeftOut(leftOut)) terminal.note(`⚠️ ${words}`);
    if (session.role === 'follower')
      terminal.note(
        'ℹ️ Another window or command works on this folder; it runs the backlog and this shows it.',
      );
    const stopTelling = tellLink(session, terminal.note);
    const end = await endOfRun(session, runId);
    stopTelling();
    ending = tellLong(terminal.note);
    ending.now(`Reading the last of ${root}`, 'its disk does not answer, or there is much to read');
    await printer.settled();
    await tellPackages();
    const missing = mend();
    if (missing !== undefined)
      terminal.note(`❌ ${missing} Then run again: nothing was counted against any feature.`);
    const hasRun = end.kind === 'finished' && end.outcome !== 'stopped';
    const isUsable = !hasRun || (await followed.settled());
    return Math.max(conclude(end, session, only, terminal), isUsable ? 0 : 1);
  };
  try {
    return await Promise.race([build(), left]);
  } finally {
    followed.stop();
    own.stop();
    ending?.end();
    await closeSession(session, terminal);
  }
}

/** Before a new run, where attempts of earlier ones tell something of it. */
function tellCost(
  { features, experience, run }: Snapshot,
  only: readonly FeatureId[] | undefined,
  costOf: (features: readonly Feature[], experience: History) => CostEstimates,
  { note }: Terminal,
): void {
  if (run !== null && run.status !== 'finished') return;
  const meant = buildable(Object.values(features)).filter(({ id }) => isMeant(only, id));
  const cost = costOf(meant, experience);
  const words = cost.features > 0 ? describeCost(cost) : undefined;
  if (words !== undefined) note(`ℹ️ ${words}`);
}

/** @throws BadInput */
function refuseWithoutModel(
  choice: ModelChoice,
  wish: string | undefined,
  { providers, agents }: MachineSettings,
  hasScript: boolean,
): void {
  if (choice.kind === 'offline' && !hasScript)
    throw new BadInput([
      'The offline model plays offline-script.json, and there is none beside the backlog.',
    ]);
  if (choice.kind === 'noProvider')
    throw new BadInput([
      `The model ${wish} is of a provider "${choice.provider}" that is not known; parallelAgents.providers in your own settings names its address, and there are ${Object.keys(providers).join(', ')}.`,
    ]);
  if (choice.kind === 'noAgent') throw new BadInput([unknownAgent(choice.agent, agents)]);
  if (choice.kind !== 'noKey') return;
  const { keyVariable } = serviceOf(choice.provider, providers) ?? {};
  throw new BadInput([
    wish === undefined
      ? `No model to work with: set ${keyVariable}, name another model (--model provider/model) or agent (--model agent/claude-code), or put an offline-script.json beside the backlog to try it without one.`
      : `The model ${wish} needs a key: set ${keyVariable}.`,
  ]);
}

function print(session: Session, json: boolean, terminal: Terminal, long: LongWork): Printer {
  const line = (words: string) => {
    terminal.print(words);
    long.said();
  };
  const printer: Printer = json
    ? createJsonPrinter(session.snapshot, line, (text) => session.text(text))
    : createTextPrinter(session.snapshot, line, terminal.note);
  session.onChange(({ events, reset }) => {
    printer.show(events);
    if (events.some(isOfWork)) long.end();
    if (reset) printer.reset(session.snapshot);
  });
  return printer;
}

/** From then on whoever looks sees agents or checks at work, or why there are none. */
function isOfWork({ type }: Event): boolean {
  return ['feature.claimed', 'verify.started', 'breaker.opened', 'run.finished'].includes(type);
}

/** False when nothing is there that could be stopped, so that there is nothing to wait for. */
async function stopRun(session: Session): Promise<boolean> {
  try {
    return (await session.ask.stopRun()).ok;
  } catch (error) {
    if (Failure.is(error)) return false;
    throw error;
  }
}

function conclude(
  end: RunEnd,
  { snapshot }: Session,
  only: readonly FeatureId[] | undefined,
  { note }: Terminal,
): number {
  switch (end.kind) {
    case 'finished': {
      const isDone = allPass(snapshot, only);
      if (isDone && snapshot.run?.report?.attempts === 0)
        note('ℹ️ There was nothing to build: all of it passes already. `retry ID` builds a feature again.');
      if (!isDone && end.outcome === 'complete')
        note(
          Object.keys(snapshot.features).length === 0
            ? '⚠️ Nothing was built: the backlog has no features any more.'
            : '⚠️ The run was not about all of the features that were meant here; run again for the others.',
        );
      return isDone ? 0 : 1;
    }
    case 'vanished':
      note('❌ The run is gone: the database of this folder was replaced by another. Run again to go on.');
      return 1;
    case 'silent':
      note('❌ The process that owns this folder still does not answer. End it, then run again.');
      return 1;
    case 'lost':
      return 1; // the link has said why
    default:
      return end satisfies never;
  }
}

/** Ends a run of our own that waits for what this process cannot be given; the answer tells what that was. */
function stopForPerson(session: Session, whyNot: WhyNot): () => string | undefined {
  let mend: string | undefined;
  session.onChange(() => {
    if (mend !== undefined || session.role === 'follower') return;
    mend = mendNeeded(session.snapshot, whyNot);
    if (mend !== undefined) void stopRun(session); // a host that is gone has stopped it
  });
  return () => mend;
}

/** What this host put right before anyone could listen. */
async function tellRecovery(session: Session, printer: Printer): Promise<void> {
  const { seq } = session.snapshot;
  const recent: readonly Event[] = await session.events(Math.max(0, seq - 50), 50);
  const own = recent.findLastIndex((e) => e.type === 'owner.changed');
  const told = recent.slice(own).filter((e) => e.type === 'recovery.done');
  if (session.role === 'owner') printer.aside(told, session.snapshot);
}

/** An open run keeps the number it has, unless the user says another one now. */
function agentsFor(command: RunCommand, { run }: Snapshot, usual: number, limit: number): number {
  if (command.maxAgents !== undefined) return command.maxAgents;
  const isOpen = run !== null && run.status !== 'finished';
  return isOpen ? Math.min(run.settings.maxAgents, limit) : usual;
}

function flagsOf(command: RunCommand): Record<string, unknown> {
  return { maxAgents: command.maxAgents, model: command.model, 'verify.command': command.verify };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
