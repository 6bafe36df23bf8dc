// One agent's work on one feature: turn by turn, tool by tool, until it hands in, gives up or is stopped.
import type { Redactor } from '../core/guardrails/redactor';
import { promptRoom } from '../core/models/models';
import { assertNever } from '../core/shared/result';
import type { Assignment, Coordinator, GiveUp } from '../ports/coordinator';
import type { CopyFiles } from '../ports/copyFiles';
import type { ModelProvider, UserBlock } from '../ports/models';
import type { Clock } from '../ports/system';
import type { CommandRunner } from '../ports/workers';
import { type AgentRunner, untilOver } from './agentRunner';
import { Conversation } from './conversation';
import { type Turn, type TurnAnswer, takeTurn, textOf } from './modelTurn';
import { assignmentText, cutShortNote, lackingText, nudge, systemPrompt } from './prompts/prompts';
import { type CallBlock, notRun, runToolCall } from './toolCall';
import type { AgentEnding, AgentOutcome, ToolContext } from './tools/tool';
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

/** What every request begins with, equal to the byte for all agents. */
const tools = codingTools.map(({ spec }) => spec);
const sharedLength = systemPrompt.length + JSON.stringify(tools).length;

/** Turns in a row that ran no tool, after which the agent gives up: the first two are answered with a request. */
const maxIdleTurns = 3;

/** The runner that takes turns with a model. */
export function createModelAgent(ports: AgentPorts): AgentRunner {
  return (assignment, signal) => untilOver(() => work(assignment, ports, signal), signal);
}

async function work(assignment: Assignment, ports: AgentPorts, signal: AbortSignal): Promise<AgentOutcome> {
  const { coordinator, files, commands, redactor } = ports;
  const context: ToolContext = { assignment, coordinator, files, commands, signal, shown: new Map() };
  const room = promptRoom(assignment.model, assignment.endpoint?.contextTokens);
  const talk = new Conversation(assignmentText(assignment), sharedLength, room);
  const end = (ending: Exclude<AgentEnding, { kind: 'finish' }>) => carryOut(ending, coordinator);
  let isReady = false;
  for (let idleTurns = 0; ; ) {
    if (talk.makeRoom() === 'shortened') forget(context);
    const request = { system: systemPrompt, tools, messages: talk.messages, maxOutputTokens };
    // Told on the way: the hub answers once that is on disk, and the model need not wait for it.
    const told = coordinator.progress({ status: 'running', step: 'thinking' });
    const [answer] = await Promise.all([takeTurn(request, ports, signal), told]);
    if (answer.kind === 'outside') return end({ kind: 'handBack', trouble: answer.trouble });
    if (answer.kind === 'tooLong' && talk.tooLong()) {
      coordinator.log('\n[the conversation is too long for the model; what is old in it is told in short]\n');
      forget(context);
      continue;
    }
    if (answer.kind !== 'turn') return end({ kind: 'giveUp', reason: answer.why, ...moreOf(answer) });
    const { turn } = answer;
    coordinator.log('\n');
    talk.answered(turn.content, turn.usage);

    const calls = turn.content.filter((block) => block.type === 'toolCall');
    if (turn.stop === 'refused')
      return end({
        kind: 'giveUp',
        reason: `the model refused: ${textOf(turn.content) || 'no reason given'}`,
      });
    if (turn.stop === 'cutShort' || calls.length === 0) {
      idleTurns += 1;
      if (idleTurns === maxIdleTurns) return end({ kind: 'giveUp', reason: whyIdle(turn) });
      talk.tell(remind(turn, calls));
      continue;
    }
    idleTurns = 0;
    const results: UserBlock[] = [];
    // The model thought while the copy was made; its tools need it.
    const { unread, withheld } = isReady ? { withheld: [] } : await coordinator.copyReady();
    isReady = true;
    for (const value of withheld) redactor.add(value);
    for (const call of calls) {
      const outcome = await runToolCall(call, context, ports.clock);
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
    talk.tell(results);
  }
}

/** The model has lost sight of what it read: before it writes over a whole file it has to look again. */
function forget({ shown }: ToolContext): void {
  shown.clear();
}

/** What is too long for one attempt is so for the next; the first request is about as long as that of any other feature. */
function moreOf(answer: Exclude<TurnAnswer, { kind: 'turn' | 'outside' }>): { readonly more?: GiveUp } {
  const { kind, by } = answer;
  if (kind !== 'tooLong' && by === undefined) return {};
  return { more: { ...(by && { by }), ...(kind === 'tooLong' && { final: true }) } };
}

async function carryOut(
  ending: Exclude<AgentEnding, { kind: 'finish' }>,
  coordinator: Coordinator,
): Promise<AgentOutcome> {
  switch (ending.kind) {
    case 'giveUp':
      await coordinator.giveUp({ reason: ending.reason, ...ending.more });
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
