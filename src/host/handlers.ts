// Joins the protocol's methods to the engine: who asks is known from the connection, never from what it says.
import { headOf, pagesOf, type SnapshotPart } from '../core/events/snapshotParts';
import { isOffline } from '../core/models/models';
import type { Fence } from '../core/shared/ids';
import { inPages } from '../core/shared/inPages';
import { ok, type Result } from '../core/shared/result';
import type { AgentDesk } from '../engine/agentDesk';
import type { Engine } from '../engine/engine';
import type { HubConnection } from '../hub/connection';
import { Failure } from '../ports/failure';
import { clientMethods, protocolVersion, workerMethods, workerNotices } from '../protocol/hubMethods';
import type { LoadedBacklog } from '../protocol/hubValues';
import type { AskedRun } from './agentsAsked';
import type { Allowance } from './allowance';
import { DiffsAsked } from './diffsAsked';
import type { OutputRings } from './outputRings';
import { tellFace } from './tellFace';
import { textPart } from './textPart';

/** What faces may do beyond the engine. */
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
  /** From now on features are claimed: a face asked for it. */
  readonly goOn: () => Promise<void>;
  /** The files this face's user is editing; an empty list when it goes. */
  readonly setEditing: (connection: HubConnection, paths: readonly string[]) => Promise<void>;
}

/** Hooks up a worker's connection for the attempt of `fence`. */
export function handleWorker(connection: HubConnection, fence: Fence, desk: AgentDesk): void {
  const m = workerMethods;
  connection.handle(m.hello, ({ protocol }) => {
    requireProtocol(protocol);
    return desk.hello(fence);
  });
  connection.handle(m.progress, (report) => desk.progress(fence, report).then(nothing));
  connection.handle(m.renew, () => {
    desk.renew(fence);
    return {};
  });
  connection.handle(m.modelPermit, () => desk.modelPermit(fence).then(nothing));
  connection.handle(m.modelCalled, (call) => desk.modelCalled(fence, call).then(nothing));
  connection.handle(m.modelLimited, (limit) => {
    desk.modelLimited(fence, limit);
    return {};
  });
  connection.handle(m.toolBegin, (call) => desk.toolBegin(fence, call));
  connection.handle(m.toolEnd, (call) => desk.toolEnd(fence, call).then(nothing));
  connection.handle(m.copyReady, () => desk.copyReady(fence));
  connection.handle(m.lockFile, ({ path, wait }) => desk.files.lockFile(fence, path, wait));
  connection.handle(m.releaseFile, ({ path }) => desk.files.releaseFile(fence, path));
  connection.handle(m.writeFile, (write) => desk.files.writeFile(fence, write));
  connection.handle(m.moveFile, (move) => desk.files.moveFile(fence, move));
  connection.handle(m.commandBegin, ({ command }) => desk.commands.begin(fence, command));
  connection.handle(m.commandEnd, (ended) => desk.commands.end(fence, ended));
  connection.handle(m.agentPlace, () => desk.commands.agentPlace(fence));
  connection.handle(m.takeChanges, () => desk.commands.takeChanges(fence));
  connection.handle(m.lost, (death) => desk.lost(fence, death).then(nothing));
  connection.handle(m.submit, ({ summary }) => desk.submit(fence, summary));
  connection.handle(m.handBack, (trouble) => desk.handBack(fence, trouble).then(nothing));
  connection.handle(m.giveUp, ({ reason, ...more }) => desk.giveUp(fence, reason, more).then(nothing));
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

/** Hooks up a face's connection; it hears of every step stored after its hello. */
export function handleClient(connection: HubConnection, parts: ClientParts): void {
  const { engine, outputs, allowance } = parts;
  const m = clientMethods;
  let stopTelling = () => {};
  let pages: Generator<readonly SnapshotPart[]> | undefined;
  let editing: string[] = [];
  connection.handle(m.hello, async ({ protocol }) => {
    requireProtocol(protocol);
    stopTelling();
    stopTelling = tellFace(connection, engine.log, outputs);
    const { stored } = engine.log;
    pages = pagesOf(stored);
    return { head: headOf(stored) };
  });
  connection.handle(m.snapshotPage, () => {
    const next = pages?.next();
    if (next?.done === false) return { parts: [...next.value], last: false };
    pages = undefined; // nothing holds the snapshot any longer
    return { parts: [], last: true };
  });
  connection.handle(m.events, ({ since, limit }) =>
    engine.log.events(since, limit).then((events) => [...(inPages(events).next().value ?? [])]),
  );
  connection.handle(m.text, async ({ hash, offset }) => {
    const text = await engine.log.text({ hash });
    return textPart(text, offset);
  });
  connection.handle(m.output, ({ slot }) => ({ text: outputs.read(slot) }));
  connection.handle(m.loadBacklog, ({ file }) => parts.loadBacklog(file));
  connection.handle(m.startRun, async ({ settings, ...asked }) => {
    const judged = allowance.judge({ ...asked, maxAgents: settings.maxAgents }, settings.model);
    if (!judged.ok) return judged;
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
  });
  connection.handle(m.configureRun, async (asked) => {
    const judged = allowance.judge(asked, engine.snapshot.run?.settings.model);
    if (!judged.ok) return judged;
    const configured = asked.maxAgents === undefined ? ok({}) : await engine.runs.configure(asked.maxAgents);
    if (!configured.ok) return configured;
    const leftOut = allowance.take(asked);
    if (asked.access !== undefined) await engine.runs.mended();
    return ok({ leftOut });
  });
  connection.handle(m.pauseRun, () => engine.runs.pause());
  connection.handle(m.resumeRun, () => engine.runs.resume());
  connection.handle(m.stopRun, () => engine.runs.stop());
  connection.handle(m.retry, ({ featureId }) => engine.judgement.retry(featureId));
  connection.handle(m.confirm, ({ featureId }) => engine.judgement.confirm(featureId));
  connection.handle(m.reject, ({ featureId }) => engine.judgement.reject(featureId));
  const diffs = new DiffsAsked(engine);
  connection.handle(m.diff, ({ featureId, from }) => diffs.part(featureId, from));
  connection.handle(m.humanEditing, async ({ paths, last }) => {
    editing.push(...paths);
    if (!last) return {};
    const all = editing;
    editing = [];
    return parts.setEditing(connection, all).then(nothing);
  });
  void connection.closed.then(() => {
    stopTelling();
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

function nothing(): Record<string, never> {
  return {};
}
