// One agent's work on one feature: turn by turn, tool by tool, until it hands in, gives up or is stopped.
import type { Redactor } from '../core/guardrails/redactor';
import { assertNever } from '../core/shared/result';
import type { Assignment, Coordinator } from '../ports/coordinator';
import type { CopyFiles } from '../ports/copyFiles';
import type { Message, ModelProvider, UserBlock } from '../ports/models';
import type { Clock } from '../ports/system';
import type { CommandRunner } from '../ports/workers';
import { type AgentRunner, untilOver } from './agentRunner';
import { type Turn, takeTurn, textOf } from './modelTurn';
import { assignmentText, cutShortNote, lackingText, nudge, systemPrompt } from './prompts/prompts';
import { type CallBlock, notRun, runToolCall } from './toolCall';
import type { AgentOutcome, Ending, ToolContext } from './tools/tool';
import { codingTools } from './tools/toolSet';

export interface AgentPorts {
  readonly coordinator: Coordinator;
  readonly provider: ModelProvider;
  readonly files: CopyFiles;
  readonly commands: CommandRunner;
  readonly clock: Clock;
  /** What it takes out never reaches the model. */
  readonly redactor: Redactor;
}

/** Room for a long file and the thinking before it. */
const maxOutputTokens = 32_000;

/** Turns in a row that ran no tool, after which the agent gives up: the first two are answered with a request. */
const maxIdleTurns = 3;

/** The runner that takes turns with a model. */
export function createModelAgent(ports: AgentPorts): AgentRunner {
  return (assignment, signal) => untilOver(() => work(assignment, ports, signal), signal);
}

async function work(assignment: Assignment, ports: AgentPorts, signal: AbortSignal): Promise<AgentOutcome> {
  const { coordinator, files, commands, redactor } = ports;
  const context: ToolContext = { assignment, coordinator, files, commands, signal, shown: new Map() };
  const tools = codingTools.map(({ spec }) => spec);
  const messages: Message[] = [
    { role: 'user', content: [{ type: 'text', text: assignmentText(assignment) }] },
  ];
  const end = (ending: Exclude<Ending, { kind: 'finish' }>) => carryOut(ending, coordinator);
  let isReady = false;
  for (let idleTurns = 0; ; ) {
    const request = {
      system: systemPrompt,
      tools,
      messages: [...messages],
      maxOutputTokens,
    };
    // Told on the way: the hub answers once that is on disk, and the model need not wait for it.
    const told = coordinator.progress({ status: 'running', step: 'thinking' });
    const [answer] = await Promise.all([takeTurn(request, ports, signal), told]);
    if (answer.kind === 'outside') return end({ kind: 'handBack', trouble: answer.trouble });
    if (answer.kind === 'none') return end({ kind: 'giveUp', reason: answer.why, by: answer.by });
    const { turn } = answer;
    coordinator.log('\n');
    messages.push({ role: 'assistant', content: turn.content });

    const calls = turn.content.filter((block) => block.type === 'toolCall');
    if (turn.stop === 'refused')
      return end({
        kind: 'giveUp',
        reason: `the model refused: ${textOf(turn.content) || 'no reason given'}`,
      });
    if (turn.stop === 'cutShort' || calls.length === 0) {
      idleTurns += 1;
      if (idleTurns === maxIdleTurns) return end({ kind: 'giveUp', reason: whyIdle(turn) });
      messages.push({ role: 'user', content: remind(turn, calls) });
      continue;
    }
    idleTurns = 0;
    const results: UserBlock[] = [];
    // The model thought while the copy was made; its tools need it.
    const { unread, withheld } = isReady ? { withheld: [] } : await coordinator.copyReady();
    isReady = true;
    for (const value of withheld) redactor.add(value);
    for (const call of calls) {
      const outcome = await runToolCall(call, codingTools, context, ports.clock);
      if (outcome.kind === 'result') {
        results.push(redactor.data(outcome.block));
        continue;
      }
      const { ending } = outcome;
      if (ending.kind !== 'finish') return end(ending);
      const verdict = await coordinator.submit({ summary: ending.summary });
      if (verdict.kind !== 'returned') return { kind: 'submitted', verdict };
      results.push(notRun(call, verdict.why));
    }
    if (unread) results.push({ type: 'text', text: lackingText(unread) });
    messages.push({ role: 'user', content: results });
  }
}

async function carryOut(
  ending: Exclude<Ending, { kind: 'finish' }>,
  coordinator: Coordinator,
): Promise<AgentOutcome> {
  switch (ending.kind) {
    case 'giveUp':
      await coordinator.giveUp({ reason: ending.reason, ...(ending.by && { by: ending.by }) });
      return { kind: 'gaveUp', reason: ending.reason };
    case 'handBack':
      await coordinator.handBack(ending.trouble);
      return { kind: 'over', why: ending.trouble.message };
    case 'over':
      return ending;
    default:
      return assertNever(ending);
  }
}

/** Every call of a turn needs its answer, also the ones that were not run. */
function remind(turn: Turn, calls: readonly CallBlock[]): readonly UserBlock[] {
  if (turn.stop !== 'cutShort') return [{ type: 'text', text: nudge }];
  if (calls.length === 0) return [{ type: 'text', text: cutShortNote }];
  return calls.map((call) => notRun(call, cutShortNote));
}

function whyIdle(turn: Turn): string {
  if (turn.stop === 'cutShort') return `the model reached its output limit ${maxIdleTurns} times in a row`;
  const words = textOf(turn.content).slice(-1000);
  return `the model stopped without finish or give_up${words === '' ? '' : `; it last said: ${words}`}`;
}
