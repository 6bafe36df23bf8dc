// A model's turn that is asked for over a connection: of the host by a worker, of a client that offers the model by the host.
import { z } from 'zod';
import { nothing, usage } from './hubValues';
import { method, notice } from './method';

const text = z.object({ type: z.literal('text'), text: z.string() });
const userBlock = z.discriminatedUnion('type', [
  text,
  z.object({ type: z.literal('toolResult'), callId: z.string(), content: z.string(), isError: z.boolean() }),
]);
const assistantBlock = z.discriminatedUnion('type', [
  text,
  z.object({ type: z.literal('toolCall'), id: z.string(), name: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('opaque'), value: z.unknown() }),
]);

const turnRequest = z
  .object({
    system: z.string(),
    tools: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        inputSchema: z.record(z.string(), z.unknown()),
      }),
    ),
    messages: z.array(
      z.discriminatedUnion('role', [
        z.object({ role: z.literal('user'), content: z.array(userBlock) }),
        z.object({ role: z.literal('assistant'), content: z.array(assistantBlock) }),
      ]),
    ),
    maxOutputTokens: z.number().int().min(1),
  })
  .strict();

/** Of one asker on one connection; told with all that is said of the turn. */
const id = z.number().int().min(1);

/** The whole turn; what comes before it is told beside. `model` as people name it: the host goes by what its worker is to ask. */
export const modelTurn = method(
  'model.turn',
  z.object({ id, model: z.string().max(300), request: turnRequest }).strict(),
  z.object({
    content: z.array(assistantBlock),
    stop: z.enum(['done', 'toolCalls', 'cutShort', 'refused']),
    usage,
    restMs: z.number().min(0).optional(),
  }),
);

/** From who answers: the turn has begun, or goes on with these words. */
export const turnTold = notice(
  'model.told',
  z
    .object({ id, event: z.discriminatedUnion('type', [z.object({ type: z.literal('begun') }), text]) })
    .strict(),
);

/** From who asked: the turn is wanted no longer. */
export const turnCancelled = notice('model.cancelled', z.object({ id }).strict());

const offeredModel = z
  .object({
    /** As people name it: `provider/model`. */
    name: z.string().max(300),
    /** What it can read at once, where that is known. */
    contextTokens: z.number().int().min(1).optional(),
  })
  .strict();

/** The models that a client can answer for, all of them; none where it no longer does. */
export const offerModels = method(
  'models.offer',
  z.object({ models: z.array(offeredModel).max(1000) }).strict(),
  nothing,
);
