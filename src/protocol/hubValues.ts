// The values that messages between a host, its workers and its clients are made of, as schemas.
import { z } from 'zod';
import type { Event } from '../core/events/event';
import type { SnapshotHead, SnapshotPart } from '../core/events/snapshotParts';
import type { ModelAccess } from '../core/models/modelAccess';
import { serviceKinds } from '../core/models/providers';
import { checklistNames } from '../core/routing/experts';
import type { LeftOut } from '../core/settings/machineSettings';
import { modelName } from '../core/settings/modelForms';
import { limitsSchema } from '../core/settings/runSettings';
import { settingsTable } from '../core/settings/settingsTable';
import type { Refusal } from '../core/shared/result';

export const nothing = z.object({}).strict();
export const path = z.string().max(10_000);
export const id = z.number().int().positive();
const refusal = z.custom<Refusal>(
  (v) => typeof v === 'object' && v !== null && 'code' in v && 'message' in v,
);

export function resultOf<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: refusal }),
  ]);
}

export const allowedCommands = settingsTable.machine.allowedCommands.form.value;
export const variables = settingsTable.machine.variables.form.value;
export const leftOut: z.ZodType<LeftOut> = z.object({
  commands: z.array(z.string()),
  variables: z.array(z.string()),
  providers: z.array(z.string()),
});
const oneAccess: z.ZodType<ModelAccess> = z
  .object({ provider: z.string().max(50), apiKey: z.string().max(1000), baseUrl: z.string().max(2000) })
  .strict();
export const access = z.array(oneAccess).max(100);

export const usage = z
  .object({
    inputTokens: z.number().min(0),
    outputTokens: z.number().min(0),
    cacheReadTokens: z.number().min(0),
    cacheWriteTokens: z.number().min(0),
  })
  .strict();

export const agentStatus = z.enum(['starting', 'running', 'waiting', 'verifying', 'draining', 'ended']);
export const toolCall = z.object({
  tool: z.string().max(100),
  fingerprint: z.string().max(200),
  target: z.string().max(10_000).optional(),
});

const toldChange = z.object({ path: z.string(), why: z.string() });
export const commandChanges = z.object({
  kept: z.array(z.string()),
  dropped: z.array(toldChange),
  contested: z.array(toldChange),
  empty: z.array(z.string()).optional(),
  more: z.object({ kept: z.number(), dropped: z.number(), contested: z.number() }).optional(),
});
export const notes = z.array(z.string()).optional();

const offlineScript = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    turns: z.array(
      z.object({
        say: z.string().optional(),
        tool: z.string().optional(),
        input: z.unknown().optional(),
        delayMs: z.number().optional(),
        place: z.string().optional(),
      }),
    ),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

const agentManners = z.object({
  mode: z.string().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  settings: z.object({ variable: z.string(), value: z.record(z.string(), z.unknown()) }).optional(),
  hook: z.enum(['claude', 'codex']).optional(),
  asksFirst: z.enum(['changes', 'changesAndCommands']).optional(),
  writesItself: z.literal(true).optional(),
  writesAsAsked: z.literal(true).optional(),
  keepsCommands: z.literal(true).optional(),
  failsInText: z.literal('codex').optional(),
  commandsIn: z.literal('title').optional(),
  tokensOf: z.literal('lastCall').optional(),
  passwords: z.array(z.string()).optional(),
});

const foundAgent = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    start: z.object({
      title: z.string(),
      argv: z.array(z.string()),
      env: z.record(z.string(), z.string()),
      manners: agentManners,
      login: z.string().optional(),
    }),
  }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

const namedProxy = z.object({ address: z.string(), from: z.string() });
const proxies = z.object({
  http: namedProxy.optional(),
  https: namedProxy.optional(),
  except: z.array(z.string()),
});

export const commandPlace = z.object({
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  view: z
    .object({
      program: z.string(),
      ownProcesses: z.boolean().optional(),
      mounts: z.array(z.object({ from: z.string(), at: z.string(), isReadOnly: z.boolean().optional() })),
    })
    .optional(),
});

export const assignment = z.object({
  slot: id,
  featureId: id,
  attempt: id,
  fence: id,
  name: z.string(),
  description: z.string(),
  category: z.string(),
  experts: z.object({
    roles: z.array(z.string()),
    checklists: z.array(z.object({ name: z.enum(checklistNames), own: z.string().optional() })),
  }),
  declaredFiles: z.array(z.string()),
  resources: z.array(z.string()).optional(),
  verifyCommand: z.string().optional(),
  allowedCommands: z.array(z.string()),
  secretFiles: z.array(z.string()),
  model: modelName,
  lastFailure: z.string().optional(),
  limits: limitsSchema,
  copyDir: z.string(),
  reattachGraceMs: z.number(),
  tag: z.string(),
  offline: offlineScript.optional(),
  endpoint: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.enum(serviceKinds),
        baseUrl: z.string(),
        apiKey: z.string().optional(),
        proxies: proxies.optional(),
        contextTokens: z.number().optional(),
      }),
      z.object({ kind: z.literal('client'), contextTokens: z.number().optional() }),
    ])
    .optional(),
  agent: foundAgent.optional(),
});

export const snapshotHead = z.custom<SnapshotHead>(
  (v) => typeof v === 'object' && v !== null && 'seq' in v && 'run' in v,
);
export const snapshotPart = z.custom<SnapshotPart>((v) => typeof v === 'object' && v !== null && 'kind' in v);
export const event = z.custom<Event>((v) => typeof v === 'object' && v !== null && 'seq' in v && 'type' in v);

/** Where a backlog is wrong; line and column count from 1. */
const backlogProblem = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  message: z.string(),
});
export type PlacedProblem = z.infer<typeof backlogProblem>;

export const loadedBacklog = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none'), file: z.string() }),
  z.object({
    kind: z.literal('loaded'),
    features: z.number(),
    added: z.number(),
    edited: z.number(),
    removed: z.number(),
    /** At work: edited or removed when their attempts end. */
    deferred: z.number(),
    /** Of an event not before the last of it: a client that has come to this one has it all. */
    seq: z.number(),
    /** Accepted, but worth a word. */
    notices: z.array(backlogProblem),
  }),
  z.object({ kind: z.literal('bad'), problems: z.array(backlogProblem) }),
]);
export type LoadedBacklog = z.infer<typeof loadedBacklog>;
