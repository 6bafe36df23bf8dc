// Carries out one tool call of the model under the attempt's budget, and puts its outcome into words for the model.
import { describeLimit } from '../core/guardrails/budget';
import { assertNever, type Result } from '../core/shared/result';
import { noSuchTool } from '../core/tools/toolTable';
import type { ToolCall } from '../ports/coordinator';
import { Failure, troubleOf } from '../ports/failure';
import type { AssistantBlock, UserBlock } from '../ports/models';
import type { Clock } from '../ports/system';
import { fingerprintOf } from './fingerprint';
import { capHead } from './tools/capText';
import {
  type AgentEnding,
  failed,
  firstLine,
  type PreparedCall,
  type ToolAnswer,
  type ToolContext,
} from './tools/tool';
import { codingTools } from './tools/toolSet';

export type CallBlock = Extract<AssistantBlock, { readonly type: 'toolCall' }>;

export type CallOutcome =
  | { readonly kind: 'result'; readonly block: UserBlock }
  | { readonly kind: 'end'; readonly ending: AgentEnding };

/** Calls that cannot be run, for a name or an input that is wrong, count against the budget like any other. */
export async function runToolCall(
  block: CallBlock,
  context: ToolContext,
  clock: Clock,
): Promise<CallOutcome> {
  const { coordinator } = context;
  const prepared = prepare(block);
  const target = prepared.ok ? prepared.value.target : undefined;
  const call: ToolCall = {
    tool: block.name.slice(0, 100),
    fingerprint: fingerprintOf(block.name, block.input),
    ...(target === undefined ? {} : { target: target.slice(0, 1000) }),
  };
  const answer = await coordinator.toolBegin(call);
  switch (answer.kind) {
    case 'stop':
      return { kind: 'end', ending: { kind: 'over', why: `stopped at ${describeLimit(answer.hit)}` } };
    case 'wrapUp':
      return result(block, answer.text, true);
    case 'go':
    case 'hint': {
      const startedAt = clock.monotonic();
      const outcome = prepared.ok ? await runPrepared(prepared.value, context) : failed(prepared.error);
      const ending = outcome.kind === 'end' ? outcome.ending : undefined;
      if (ending?.kind === 'over') return { kind: 'end', ending };
      const ok = outcome.kind !== 'failed' && ending?.kind !== 'handBack';
      const summary = outcome.kind === 'end' ? firstLine(lastText(outcome.ending)) : outcome.summary;
      await coordinator.toolEnd({ ...call, ok, durationMs: clock.monotonic() - startedAt, summary });
      if (outcome.kind === 'end') return { kind: 'end', ending: outcome.ending };
      const hint = answer.kind === 'hint' ? `\n\n${answer.text}` : '';
      return result(block, capHead(outcome.text) + hint, !ok);
    }
    default:
      return assertNever(answer);
  }
}

/** The answer to a call that was not run. */
export function notRun(block: CallBlock, why: string): UserBlock {
  return { type: 'toolResult', callId: block.id, content: why, isError: true };
}

function prepare(block: CallBlock): Result<PreparedCall, string> {
  const tool = codingTools.find(({ spec }) => spec.name === block.name);
  if (tool === undefined) return { ok: false, error: noSuchTool(block.name.slice(0, 100)) };
  const prepared = tool.prepare(block.input);
  return prepared.ok
    ? prepared
    : { ok: false, error: `The call was not run: its input is wrong.\n${prepared.error}` };
}

async function runPrepared(prepared: PreparedCall, context: ToolContext): Promise<ToolAnswer> {
  const { coordinator } = context;
  const step = firstLine(prepared.step);
  const { percent } = prepared;
  coordinator.log(`\n▸ ${step}\n`);
  await coordinator.progress({
    status: 'running',
    step,
    ...(percent === undefined ? {} : { progress: percent }),
  });
  try {
    return await prepared.run(context);
  } catch (error) {
    const over = Failure.is(error, 'closed') || Failure.is(error, 'aborted') || context.signal.aborted;
    if (over || !Failure.is(error)) throw error;
    const trouble = troubleOf(error);
    if (trouble) return { kind: 'end', ending: { kind: 'handBack', trouble } };
    return failed(`The tool could not do it: ${error.message}`);
  }
}

function result(block: CallBlock, content: string, isError: boolean): CallOutcome {
  return { kind: 'result', block: { type: 'toolResult', callId: block.id, content, isError } };
}

function lastText(ending: AgentEnding): string {
  switch (ending.kind) {
    case 'finish':
      return ending.summary;
    case 'giveUp':
      return ending.reason;
    case 'handBack':
      return ending.trouble.message;
    case 'over':
      return ending.why;
    default:
      return assertNever(ending);
  }
}
