// What a worker asks its host while it works: permission, locks, writes, and the verdict on its work. `ports/coordinator.ts` is
// the same as the agent sees it.
import { z } from 'zod';
import { troubleCauses } from '../core/guardrails/breaker';
import type { BudgetAnswer } from '../core/guardrails/budget';
import {
  agentStatus,
  assignment,
  commandChanges,
  commandPlace,
  notes,
  nothing,
  path,
  resultOf,
  toolCall,
  usage,
} from './hubValues';
import { method, notice } from './method';

const baseHash = z.string().length(64);
/** Texts that a model can make as long as it likes are cut to what fits. */
const mostOfStep = 2000;
const mostOfText = 100_000;
const step = z.string().max(mostOfStep);
const words = z.string().max(mostOfText);
const stepOf = (text: string) => text.slice(0, mostOfStep);
const textOf = (text: string) => text.slice(0, mostOfText);
const trouble = z
  .object({ cause: z.enum(troubleCauses), message: step, inCommand: z.literal(true).optional() })
  .strict();
const troubleToSend = (met: z.infer<typeof trouble>) => ({ ...met, message: stepOf(met.message) });
const lastTextOf = (text: string) => text.slice(-mostOfText);

/** Each is answered for the attempt that the connection's token belongs to. */
export const workerMethods = {
  hello: method(
    'agent.hello',
    z.object({ protocol: z.number(), pid: z.number().int() }).strict(),
    assignment,
  ),
  renew: method('agent.renew', nothing, nothing),
  progress: method(
    'agent.progress',
    z.object({ status: agentStatus, step, progress: z.number().min(0).max(100).optional() }).strict(),
    nothing,
    (report) => ({ ...report, step: stepOf(report.step) }),
  ),
  /** Waits until the shared throttle lets the next model call go. */
  modelPermit: method('model.permit', nothing, nothing),
  /** `costUsd`: what an agent of another maker says that it cost; of our own providers the hub knows the prices. */
  modelCalled: method(
    'model.called',
    z
      .object({
        usage,
        durationMs: z.number().min(0),
        costUsd: z.number().finite().min(0).optional(),
        /** Until the service gives more, where it says that nothing is left now. */
        restMs: z.number().min(0).optional(),
      })
      .strict(),
    nothing,
  ),
  /**
   * The call came to nothing, and will be made again: the provider asked to slow down, and all agents will; or nobody answered
   * (`isOutage`). `trouble`: it would meet any other agent too, and this one waits until it is over.
   */
  modelLimited: method(
    'model.limited',
    z
      .object({
        reason: step,
        retryAfterMs: z.number().min(0).optional(),
        isOutage: z.literal(true).optional(),
        trouble: trouble.optional(),
      })
      .strict(),
    nothing,
    ({ trouble: met, ...limit }) => ({
      ...limit,
      reason: stepOf(limit.reason),
      ...(met && { trouble: troubleToSend(met) }),
    }),
  ),
  /** Before each tool call. */
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
    (call) => ({ ...call, summary: stepOf(call.summary) }),
  ),
  /**
   * Settles once the agent's copy is there to be looked at: what it lacks of the workspace, and values in its secret files,
   * which are to be taken out of whatever the model is told.
   */
  copyReady: method(
    'copy.ready',
    nothing,
    z.object({
      unread: z.object({ count: z.number(), paths: z.array(z.string()) }).optional(),
      withheld: z.array(z.string()),
    }),
  ),
  /**
   * Locks a path for this attempt, waiting its turn; with `wait` false a busy file is refused (`locked`), with words on
   * who holds it. Once granted the agent's copy of the file is up to date. A shared file is not locked: the answer says so.
   * `wouldDeadlock`: the attempt must end as yielded; the hub has already begun to undo it.
   */
  lockFile: method(
    'lock.acquire',
    z.object({ path, wait: z.boolean().optional() }).strict(),
    resultOf(
      z.object({
        path: z.string(),
        /** False when the attempt held it already. */
        fresh: z.boolean(),
        waitedMs: z.number(),
        /** Who held it while we waited, in words. */
        waitedFor: z.string().optional(),
        /** Several agents may change this file at once, each in its copy; nobody holds it. */
        shared: z.literal(true).optional(),
        /** What others have done to it meanwhile, for the agent. */
        notes,
      }),
    ),
  ),
  /** Gives a lock back early; only for files the attempt has not changed. */
  releaseFile: method('lock.release', z.object({ path }).strict(), resultOf(z.string())),
  /** Writes a file of the copy, locking it first if it is not held. `changedOnDisk` when it is no longer `baseHash`. */
  writeFile: method(
    'file.write',
    z.object({ path, baseHash: baseHash.nullable(), content: z.string().nullable() }).strict(),
    resultOf(z.object({ hash: z.string().nullable() })),
  ),
  /** Gives a file another name, both locked first; `changedOnDisk` when it is no longer `baseHash` or the new name is taken. */
  moveFile: method(
    'file.move',
    z.object({ from: path, to: path, baseHash }).strict(),
    resultOf(z.object({ hash: z.string() })),
  ),
  /** Is this command allowed, and in what state is the copy it may run in? */
  commandBegin: method(
    'command.begin',
    z.object({ command: words }).strict(),
    resultOf(
      z.object({
        place: commandPlace,
        timeoutMs: z.number(),
        /** What it is to run in. */
        shell: z.string(),
        /** What came into the copy for the command, where the agent has changed the same. */
        notes,
      }),
    ),
  ),
  /**
   * Takes what the command changed in the copy for the attempt's own, or puts it back; tells what became of each file. Where
   * the machine was not able to run it the attempt is over.
   */
  commandEnd: method(
    'command.end',
    z
      .object({
        durationMs: z.number().min(0),
        /** Absent where it could not be measured. */
        cpuMs: z.number().min(0).optional(),
        /** The end of what it printed. */
        printed: words,
        /** It was run and did not end well: the hub finds out whether the machine was able to run it. */
        failed: z.literal(true).optional(),
        wroteBytes: z.number().min(0).optional(),
        guardEnd: z.string().max(100).optional(),
      })
      .strict(),
    /** `output`: what the command printed, without the keys that stood in it. */
    commandChanges.extend({ output: z.string() }),
    (ended) => ({ ...ended, printed: lastTextOf(ended.printed) }),
  ),
  /** Where an agent of another maker is to be run, once the copy is there: as a command that it would run itself. */
  agentPlace: method('agent.place', nothing, commandPlace),
  /** As `commandEnd`, for what an agent of another maker has changed in the copy otherwise than by a command. */
  takeChanges: method('agent.changed', nothing, commandChanges),
  /** Hands the work in; answers when the check is through. The attempt is over, unless the work is `returned`. */
  submit: method(
    'feature.submit',
    z.object({ summary: words }).strict(),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('passing') }),
      z.object({ kind: z.literal('unconfirmed'), why: z.string() }),
      z.object({ kind: z.literal('failed'), reason: z.string() }),
      /** Not accepted as it is: the attempt goes on, and may hand in again. */
      z.object({ kind: z.literal('returned'), why: z.string() }),
    ]),
    ({ summary }) => ({ summary: textOf(summary) }),
  ),
  /** Ends the attempt for a trouble that would meet any other agent too; its work is undone and nothing counted. */
  handBack: method('feature.handBack', trouble, nothing, (met) => troubleToSend(met)),
  /**
   * Ends the attempt as lost, for the agent of another maker that worked on it is gone; the hub finds out whether it lacked
   * something. `note`: what happened, in sentences for people; `printed`: the last it printed.
   */
  lost: method('agent.lost', z.object({ note: step, printed: words }).strict(), nothing, (death) => ({
    note: stepOf(death.note),
    printed: lastTextOf(death.printed),
  })),
  /**
   * `by`: the model's service called the request wrong; `final`: another attempt at this feature would come to the same end.
   */
  giveUp: method(
    'feature.giveUp',
    z
      .object({ reason: words, by: z.literal('service').optional(), final: z.literal(true).optional() })
      .strict(),
    nothing,
    (end) => ({ ...end, reason: textOf(end.reason) }),
  ),
} as const;

export const workerNotices = {
  /** The first answer has begun. */
  begun: notice('model.begun', nothing),
  /** Live output of the agent; not stored. */
  log: notice('agent.log', z.object({ text: z.string().max(1_000_000) }).strict()),
} as const;

/** What a host tells a worker. */
export const toWorkerNotices = {
  stop: notice('agent.stop', z.object({ reason: z.string() })),
} as const;
