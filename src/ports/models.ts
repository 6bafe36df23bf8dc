// A language model that can call tools, one turn at a time.
import type { Usage } from '../core/models/models';

/**
 * One model of one provider.
 *
 * `runTurn` streams one assistant turn. It must not throw when called; a failure ends the stream by throwing a `Failure`
 * (`rateLimited`, `overloaded`, with `retryAfterMs` where the service said it; `unauthorized`; `refused`; `unreachable`;
 * `badResponse`; `tooLong`; `aborted` when `signal` fired). It does not retry by itself: the caller asks the shared
 * throttle first. A stream that was cut ends in a failure, never in a `turn` made of half an answer.
 */
export interface ModelProvider {
  runTurn(request: TurnRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export interface TurnRequest {
  /** Equal to the letter for all agents of a run, so that providers can cache it. */
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  readonly maxOutputTokens: number;
}

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type Message =
  | { readonly role: 'user'; readonly content: readonly UserBlock[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantBlock[] };

export type UserBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'toolResult';
      readonly callId: string;
      readonly content: string;
      readonly isError: boolean;
    };

export type AssistantBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'toolCall'; readonly id: string; readonly name: string; readonly input: unknown }
  /** A provider's own block, handed back to it unread in the next turn. */
  | { readonly type: 'opaque'; readonly value: unknown };

export type ModelEvent =
  /** The service has read the request and begins to answer. */
  | { readonly type: 'begun' }
  /** Words as they come, for the live log. */
  | { readonly type: 'text'; readonly text: string }
  /** The whole turn; always the last event of a good stream. */
  | {
      readonly type: 'turn';
      readonly content: readonly AssistantBlock[];
      readonly stop: StopReason;
      readonly usage: Usage;
      /** Until the service gives more, where it says that nothing is left now; in milliseconds. */
      readonly restMs?: number;
    };

/** `cutShort`: the output limit was reached; a tool call in such a turn may be incomplete and is not run. */
export type StopReason = 'done' | 'toolCalls' | 'cutShort' | 'refused';
