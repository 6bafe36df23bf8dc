// The whole private protocol between a host and its workers and faces: every method with its schemas, in one place.
import { z } from 'zod';
import { troubleCauses } from '../core/guardrails/breaker';
import type { BudgetAnswer } from '../core/guardrails/budget';
import { runSettingsSchema } from '../core/settings/runSettings';
import {
  access,
  agentStatus,
  allowedCommands,
  assignment,
  commandChanges,
  commandPlace,
  event,
  id,
  leftOut,
  loadedBacklog,
  notes,
  nothing,
  path,
  resultOf,
  snapshotHead,
  snapshotPart,
  toolCall,
  usage,
  variables,
} from './hubValues';

/** Both ends must say the same number; raised with every change that an older end would misread. */
export const protocolVersion = 8;

/** A frame longer than this ends the connection; larger content goes by file. */
export const maxFrameBytes = 16 * 1024 * 1024;

/** A request and its answer. What enters a host is checked whole; what a host sends is checked for its outline. */
export interface Method<P extends z.ZodType, R extends z.ZodType> {
  readonly name: string;
  readonly params: P;
  readonly result: R;
}

/** A message without an answer. */
export interface Notice<P extends z.ZodType> {
  readonly name: string;
  readonly params: P;
}

function method<P extends z.ZodType, R extends z.ZodType>(name: string, params: P, result: R): Method<P, R> {
  return { name, params, result };
}

function notice<P extends z.ZodType>(name: string, params: P): Notice<P> {
  return { name, params };
}

const done = resultOf(nothing);

/** What a worker asks its host. Each is answered for the attempt that the connection's token belongs to. */
export const workerMethods = {
  hello: method(
    'agent.hello',
    z.object({ protocol: z.number(), pid: z.number().int() }).strict(),
    assignment,
  ),
  progress: method(
    'agent.progress',
    z
      .object({
        status: agentStatus,
        step: z.string().max(2000),
        progress: z.number().min(0).max(100).optional(),
      })
      .strict(),
    nothing,
  ),
  renew: method('agent.renew', nothing, nothing),
  modelPermit: method('model.permit', nothing, nothing),
  modelCalled: method(
    'model.called',
    z
      .object({ usage, durationMs: z.number().min(0), costUsd: z.number().finite().min(0).optional() })
      .strict(),
    nothing,
  ),
  modelLimited: method(
    'model.limited',
    z.object({ reason: z.string().max(2000), retryAfterMs: z.number().min(0).optional() }).strict(),
    nothing,
  ),
  toolBegin: method(
    'tool.begin',
    toolCall.strict(),
    z.custom<BudgetAnswer>((v) => typeof v === 'object' && v !== null && 'kind' in v),
  ),
  toolEnd: method(
    'tool.end',
    toolCall
      .extend({ ok: z.boolean(), durationMs: z.number().min(0), summary: z.string().max(10_000) })
      .strict(),
    nothing,
  ),
  copyReady: method(
    'copy.ready',
    nothing,
    z.object({
      unread: z.object({ count: z.number(), paths: z.array(z.string()) }).optional(),
      withheld: z.array(z.string()),
    }),
  ),
  lockFile: method(
    'lock.acquire',
    z.object({ path, wait: z.boolean().optional() }).strict(),
    resultOf(
      z.object({
        path: z.string(),
        fresh: z.boolean(),
        waitedMs: z.number(),
        waitedFor: z.string().optional(),
        shared: z.literal(true).optional(),
        notes,
      }),
    ),
  ),
  releaseFile: method('lock.release', z.object({ path }).strict(), resultOf(z.string())),
  writeFile: method(
    'file.write',
    z.object({ path, baseHash: z.string().length(64).nullable(), content: z.string().nullable() }).strict(),
    resultOf(z.object({ hash: z.string().nullable() })),
  ),
  moveFile: method(
    'file.move',
    z.object({ from: path, to: path, baseHash: z.string().length(64) }).strict(),
    resultOf(z.object({ hash: z.string() })),
  ),
  commandBegin: method(
    'command.begin',
    z.object({ command: z.string().max(100_000) }).strict(),
    resultOf(z.object({ place: commandPlace, timeoutMs: z.number(), shell: z.string(), notes })),
  ),
  commandEnd: method(
    'command.end',
    z
      .object({
        durationMs: z.number().min(0),
        cpuMs: z.number().min(0).optional(),
        printed: z.string().max(100_000),
        failed: z.literal(true).optional(),
        wroteBytes: z.number().min(0).optional(),
        guardEnd: z.string().max(100).optional(),
      })
      .strict(),
    commandChanges.extend({ output: z.string() }),
  ),
  agentPlace: method('agent.place', nothing, commandPlace),
  takeChanges: method('agent.changed', nothing, commandChanges),
  submit: method(
    'feature.submit',
    z.object({ summary: z.string().max(100_000) }).strict(),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('passing') }),
      z.object({ kind: z.literal('unconfirmed'), why: z.string() }),
      z.object({ kind: z.literal('failed'), reason: z.string() }),
      z.object({ kind: z.literal('returned'), why: z.string() }),
    ]),
  ),
  handBack: method(
    'feature.handBack',
    z
      .object({
        cause: z.enum(troubleCauses),
        message: z.string().max(2000),
        inCommand: z.literal(true).optional(),
      })
      .strict(),
    nothing,
  ),
  lost: method(
    'agent.lost',
    z.object({ note: z.string().max(2000), printed: z.string().max(100_000) }).strict(),
    nothing,
  ),
  giveUp: method(
    'feature.giveUp',
    z.object({ reason: z.string().max(100_000), by: z.literal('service').optional() }).strict(),
    nothing,
  ),
} as const;

export const workerNotices = {
  /** Live output of the agent; not stored. */
  log: notice('agent.log', z.object({ text: z.string().max(1_000_000) }).strict()),
} as const;

/** What a host tells a worker. */
export const toWorkerNotices = {
  stop: notice('agent.stop', z.object({ reason: z.string() })),
} as const;

/** What a face asks its host. */
export const clientMethods = {
  hello: method(
    'client.hello',
    z.object({ protocol: z.number(), face: z.enum(['vscode', 'cli']) }).strict(),
    z.object({ head: snapshotHead }),
  ),
  /** The next page of the snapshot that the last hello began; after the one that is `last` there is none. */
  snapshotPage: method(
    'snapshot.next',
    nothing,
    z.object({ parts: z.array(snapshotPart), last: z.boolean() }),
  ),
  /** Fewer than `limit` where they would make too long a message; none where there are no more. */
  events: method(
    'events.since',
    z.object({ since: z.number().int().min(0), limit: z.number().int().min(1).max(10_000) }).strict(),
    z.array(event),
  ),
  /** A long text by its name, in parts: `next` is where the part after this begins, and missing in the last. */
  text: method(
    'text.get',
    z.object({ hash: z.string().length(64), offset: z.number().int().min(0) }).strict(),
    z.object({ part: z.string(), next: z.number().optional() }),
  ),
  /** The last output of the agent in a slot. */
  output: method('agent.output', z.object({ slot: id }).strict(), z.object({ text: z.string() })),
  /** @param file the backlog's path in the workspace; absent means where it was last read, at first `features.json` */
  loadBacklog: method('backlog.load', z.object({ file: path.optional() }).strict(), loadedBacklog),
  /** Commands, variables and agents beyond what the host's own user allows are left out or refused; so is another address. */
  startRun: method(
    'run.start',
    z.object({ settings: runSettingsSchema, allowedCommands, variables, access: access.optional() }).strict(),
    resultOf(z.object({ runId: z.number(), leftOut })),
  ),
  /** As `run.start`, while a run is open. */
  configureRun: method(
    'run.configure',
    z
      .object({
        maxAgents: z.number().int().min(1).max(64).optional(),
        allowedCommands: allowedCommands.optional(),
        variables: variables.optional(),
        access: access.optional(),
      })
      .strict(),
    resultOf(z.object({ leftOut })),
  ),
  pauseRun: method('run.pause', nothing, done),
  resumeRun: method('run.resume', nothing, done),
  stopRun: method('run.stop', nothing, done),
  retry: method('feature.retry', z.object({ featureId: id }).strict(), done),
  confirm: method('feature.confirm', z.object({ featureId: id }).strict(), done),
  reject: method('feature.reject', z.object({ featureId: id }).strict(), done),
  /**
   * The changes that wait for the user's yes, as one diff in parts: `next` is where the part after this begins, of the
   * same text, and missing in the last.
   */
  diff: method(
    'feature.diff',
    z.object({ featureId: id, from: z.object({ text: id, offset: id }).strict().optional() }).strict(),
    resultOf(
      z.object({ part: z.string(), next: z.object({ text: z.number(), offset: z.number() }).optional() }),
    ),
  ),
  /** The files this face's user has unsaved edits in, in as many parts as it takes; the last replaces what was said before. */
  humanEditing: method(
    'human.editing',
    z.object({ paths: z.array(path).max(10_000), last: z.boolean() }).strict(),
    nothing,
  ),
} as const;

/** What a host tells its faces. */
export const toClientNotices = {
  /** Stored events, in order, each sent once. */
  events: notice('events.stored', z.object({ events: z.array(event) })),
  output: notice('agent.outputAdded', z.object({ slot: z.number(), fence: z.number(), text: z.string() })),
} as const;
