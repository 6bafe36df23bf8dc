// Joins the protocol's methods to the engine: who asks is known from the connection, never from what it says.
import { headOf, pagesOf, type SnapshotPart } from '../core/events/snapshotParts';
import { isOffline } from '../core/models/models';
import type { Fence } from '../core/shared/ids';
import { inPages } from '../core/shared/inPages';
import { ok, type Result, refuse } from '../core/shared/result';
import type { AgentDesk } from '../engine/agentDesk';
import type { Engine } from '../engine/engine';
import type { HubConnection } from '../hub/connection';
import { answerTurns, askingTurns } from '../hub/modelTurns';
import { answerAll } from '../hub/requests';
import { Failure } from '../ports/failure';
import { clientMethods, protocolVersion } from '../protocol/hubMethods';
import type { LoadedBacklog } from '../protocol/hubValues';
import { workerMethods, workerNotices } from '../protocol/workerMethods';
import type { AskedRun } from './agentsAsked';
import type { Allowance } from './allowance';
import { DiffsAsked } from './diffsAsked';
import type { ModelGateway } from './modelGateway';
import type { OfferedModels } from './offeredModels';
import type { OutputRings } from './outputRings';
import { tellClient } from './tellClient';
import { textPart } from './textPart';

/** For a model's answer to be tried: somebody may have to allow it first. */
const longestTrialMs = 5 * 60_000;

/** What clients may do beyond the engine. */
export interface ClientParts {
  readonly engine: Engine;
  readonly outputs: OutputRings;
  readonly loadBacklog: (file: string | undefined) => Promise<LoadedBacklog>;
  /** Refuses what the offline model cannot play. */
  readonly judgeScript: () => Promise<Result<object>>;
  /** Refuses what no check could be run in. */
  readonly judgeShell: () => Result<object>;
  /** Refuses where no copies can be made; asked before a run that is new. */
  readonly judgeCopies: () => Promise<Result<object>>;
  /** Refuses what agents of other makers cannot build; asked before a run that is new. */
  readonly judgeAgents: (asked: AskedRun) => Promise<Result<object>>;
  readonly allowance: Allowance;
  readonly models: ModelGateway;
  readonly offered: OfferedModels;
  /** From now on features are claimed: a client asked for it. */
  readonly goOn: () => Promise<void>;
  /** The files this client's user is editing; an empty list when it goes. */
  readonly setEditing: (connection: HubConnection, paths: readonly string[]) => Promise<void>;
}

/** Hooks up a worker's connection for the attempt of `fence`. */
export function handleWorker(
  connection: HubConnection,
  fence: Fence,
  desk: AgentDesk,
  offered: OfferedModels,
): void {
  // Of whatever model it says, it gets the one that its attempt was given.
  answerTurns(connection, (_, request, signal) => offered.open(desk.modelOf(fence)).runTurn(request, signal));
  answerAll(connection, workerMethods, {
    hello: ({ protocol }) => {
      requireProtocol(protocol);
      return desk.hello(fence);
    },
    renew: () => desk.renew(fence),
    progress: (report) => desk.progress(fence, report),
    modelPermit: () => desk.modelPermit(fence),
    modelCalled: (call) => desk.modelCalled(fence, call),
    modelLimited: (limit) => desk.modelLimited(fence, limit),
    toolBegin: (call) => desk.toolBegin(fence, call),
    toolEnd: (call) => desk.toolEnd(fence, call),
    copyReady: () => desk.copyReady(fence),
    lockFile: ({ path, wait }) => desk.files.lockFile(fence, path, wait),
    releaseFile: ({ path }) => desk.files.releaseFile(fence, path),
    writeFile: (write) => desk.files.writeFile(fence, write),
    moveFile: (move) => desk.files.moveFile(fence, move),
    commandBegin: ({ command }) => desk.commands.begin(fence, command),
    commandEnd: (ended) => desk.commands.end(fence, ended),
    agentPlace: () => desk.commands.agentPlace(fence),
    takeChanges: () => desk.commands.takeChanges(fence),
    submit: ({ summary }) => desk.submit(fence, summary),
    handBack: (trouble) => desk.handBack(fence, trouble),
    lost: (death) => desk.lost(fence, death),
    giveUp: ({ reason, ...more }) => desk.giveUp(fence, reason, more),
  });
  connection.onNotice(workerNotices.begun, () => {
    try {
      desk.modelBegun(fence);
    } catch (error) {
      if (!Failure.is(error, 'closed')) throw error;
    }
  });
  connection.onNotice(workerNotices.log, ({ text }) => {
    try {
      desk.output(fence, text);
    } catch (error) {
      // Words of an attempt that is over are nobody's any more.
      if (!Failure.is(error, 'closed')) throw error;
    }
  });
}

/** Hooks up a client's connection; it hears of every step stored after its hello. */
export function handleClient(connection: HubConnection, parts: ClientParts): void {
  const { engine, outputs, allowance } = parts;
  let stopTelling = () => {};
  let pages: Generator<readonly SnapshotPart[]> | undefined;
  let editing: string[] = [];
  const diffs = new DiffsAsked(engine);
  const askTurn = askingTurns(connection);
  const gone = new AbortController();
  answerAll(connection, clientMethods, {
    hello: async ({ protocol }) => {
      requireProtocol(protocol);
      stopTelling();
      stopTelling = tellClient(connection, engine.log, outputs);
      const { stored } = engine.log;
      pages = pagesOf(stored);
      return { head: headOf(stored) };
    },
    snapshotPage: () => {
      const next = pages?.next();
      if (next?.done === false) return { parts: [...next.value], last: false };
      pages = undefined; // nothing holds the snapshot any longer
      return { parts: [], last: true };
    },
    events: ({ since, limit }) =>
      engine.log.events(since, limit).then((events) => [...(inPages(events).next().value ?? [])]),
    text: async ({ hash, offset }) => {
      const text = await engine.log.text({ hash });
      return textPart(text, offset);
    },
    output: ({ slot }) => ({ text: outputs.read(slot) }),
    loadBacklog: ({ file }) => parts.loadBacklog(file),
    startRun: async ({ settings, ...asked }) => {
      const judged = allowance.judge({ ...asked, maxAgents: settings.maxAgents }, settings.model);
      if (!judged.ok) return judged;
      const notOffered = parts.models.whyNotOffered(settings.model);
      if (notOffered !== undefined) return refuse('badInput', notOffered);
      const shell = parts.judgeShell();
      if (!shell.ok) return shell;
      const { run } = engine.snapshot;
      const isNew = run === null || run.status === 'finished';
      const copies = isNew ? await parts.judgeCopies() : ok({});
      if (!copies.ok) return copies;
      const agents = isNew ? await parts.judgeAgents(settings) : ok({});
      if (!agents.ok) return agents;
      if (isNew && settings.model !== undefined && isOffline(settings.model)) {
        const playable = await parts.judgeScript();
        if (!playable.ok) return playable;
      }
      const started = await engine.runs.start(settings);
      if (!started.ok) return started;
      const leftOut = allowance.take(asked);
      await parts.goOn();
      return ok({ ...started.value, leftOut });
    },
    configureRun: async (asked) => {
      const judged = allowance.judge(asked, engine.snapshot.run?.settings.model);
      if (!judged.ok) return judged;
      const configured =
        asked.maxAgents === undefined ? ok({}) : await engine.runs.configure(asked.maxAgents);
      if (!configured.ok) return configured;
      const leftOut = allowance.take(asked);
      if (asked.access !== undefined) await engine.runs.mended();
      return ok({ leftOut });
    },
    offerModels: async ({ models }) => {
      parts.offered.set(connection, models, askTurn);
      if (models.length > 0) await engine.runs.mended();
    },
    tryModel: ({ model }) =>
      parts.models.try(model, AbortSignal.any([gone.signal, AbortSignal.timeout(longestTrialMs)])),
    pauseRun: () => engine.runs.pause(),
    resumeRun: () => engine.runs.resume(),
    stopRun: () => engine.runs.stop(),
    retry: ({ featureId }) => engine.judgement.retry(featureId),
    confirm: ({ featureId }) => engine.judgement.confirm(featureId),
    reject: ({ featureId }) => engine.judgement.reject(featureId),
    diff: ({ featureId, from }) => diffs.part(featureId, from),
    humanEditing: async ({ paths, last }) => {
      editing.push(...paths);
      if (!last) return;
      const all = editing;
      editing = [];
      await parts.setEditing(connection, all);
    },
  });
  void connection.closed.then(() => {
    stopTelling();
    gone.abort();
    parts.offered.withdraw(connection);
    return parts.setEditing(connection, []).catch(() => undefined);
  });
}

function requireProtocol(protocol: number): void {
  if (protocol === protocolVersion) return;
  throw new Failure(
    'newer',
    `The host speaks version ${protocolVersion} of the protocol, this program version ${protocol}. Restart the older one.`,
  );
}
