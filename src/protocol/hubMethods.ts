// The private protocol between a host and its clients: every request with its schemas, in one place; `workerMethods.ts` has what
// workers ask.
import { z } from 'zod';
import { modelName } from '../core/settings/modelForms';
import { runSettingsSchema } from '../core/settings/runSettings';
import {
  access,
  allowedCommands,
  event,
  id,
  leftOut,
  loadedBacklog,
  nothing,
  path,
  resultOf,
  snapshotHead,
  snapshotPart,
  variables,
} from './hubValues';
import { method, notice } from './method';
import { offerModels } from './modelTurns';

/** Both ends must say the same number; raised with every change that an older end would misread. */
export const protocolVersion = 10;

/** A frame longer than this ends the connection; larger content goes by file. */
export const maxFrameBytes = 16 * 1024 * 1024;

const done = resultOf(nothing);

/** What a client asks its host. */
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
  offerModels,
  /** Asks a model something short, whether it answers; somebody may have to pay for it. Refuses in the service's words. */
  tryModel: method(
    'model.try',
    z.object({ model: modelName }).strict(),
    resultOf(z.object({ text: z.string() })),
  ),
  pauseRun: method('run.pause', nothing, done),
  resumeRun: method('run.resume', nothing, done),
  stopRun: method('run.stop', nothing, done),
  retry: method('feature.retry', z.object({ featureId: id }).strict(), done),
  confirm: method('feature.confirm', z.object({ featureId: id }).strict(), done),
  reject: method('feature.reject', z.object({ featureId: id }).strict(), done),
  /**
   * The changes that wait for the user's approval, as one diff in parts: `next` is where the part after this begins, of the
   * same text, and missing in the last.
   */
  diff: method(
    'feature.diff',
    z.object({ featureId: id, from: z.object({ text: id, offset: id }).strict().optional() }).strict(),
    resultOf(
      z.object({ part: z.string(), next: z.object({ text: z.number(), offset: z.number() }).optional() }),
    ),
  ),
  /** The files this client's user has unsaved edits in, in as many parts as it takes; the last replaces what was said before. */
  humanEditing: method(
    'human.editing',
    z.object({ paths: z.array(path).max(10_000), last: z.boolean() }).strict(),
    nothing,
  ),
} as const;

/** What a host tells its clients. */
export const toClientNotices = {
  /** Stored events, in order, each sent once. */
  events: notice('events.stored', z.object({ events: z.array(event) })),
  output: notice('agent.outputAdded', z.object({ slot: z.number(), fence: z.number(), text: z.string() })),
} as const;
