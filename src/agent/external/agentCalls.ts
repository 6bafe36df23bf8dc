// The tool calls of an agent of another maker: each is counted, let go or refused before it does anything, and what it
// changed is taken for the attempt when it has ended.

import { describeLimit } from '../../core/guardrails/budget';
import type { AgentManners } from '../../core/models/agents';
import type { CommandChanges, ToolCall } from '../../ports/coordinator';
import type { AgentCall, AgentPermit, AgentUpdate } from '../../ports/externalAgents';
import { Failure } from '../../ports/failure';
import { fingerprintOf } from '../fingerprint';
import { describeChanges } from '../tools/commandText';
import { firstLine } from '../tools/tool';
import { CallJudge, type JudgeParts } from './callJudge';
import { asTool, reachOf, stepOf } from './callText';
import type { Unheard } from './externalPrompts';

export interface CallsParts extends Omit<JudgeParts, 'note' | 'onEnding'> {
  /** What it asks for without exception, and why it cannot be gone on with when it did not. */
  readonly asksFirst?: { readonly of: NonNullable<AgentManners['asksFirst']>; readonly why: string };
  /** The attempt is over, or something of ours broke: the agent is to stop. Told once. */
  readonly onOver: (why: Over) => void;
}

export type Over = { readonly why: string } | { readonly error: unknown };

interface Call {
  told: AgentCall;
  /** What people read of it. */
  step?: string;
  readonly startedAt: number;
  /** Its answer, once it was counted; undefined: it may go on. */
  counted?: Promise<string | undefined>;
  /** Its answer, once it was asked for. */
  permit?: Promise<AgentPermit>;
  refusal?: string;
  /** It was let change files. */
  isChanging?: boolean;
  /** It was let run a command, and may so long. */
  cancelOvertime?: () => void;
  hasEnded?: boolean;
  output: string;
}

/** Of what a command prints. */
const mostOutput = 100_000;

export class AgentCalls {
  readonly #calls = new Map<string, Call>();
  readonly #judge: CallJudge;
  #work: Promise<unknown> = Promise.resolve();
  #isOver = false;
  #refusals: string[] = [];
  #notes: string[] = [];
  #hasChanged = false;

  constructor(private readonly parts: CallsParts) {
    this.#judge = new CallJudge({
      ...parts,
      note: (notes) => this.#notes.push(...notes),
      onEnding: (why) => this.#over({ why }),
    });
  }

  /** The agent has called a tool in this turn. */
  get hasMet(): boolean {
    return this.#calls.size > 0;
  }

  /** As `AgentClient.ask`. */
  ask(told: AgentCall, hears: boolean): Promise<AgentPermit> {
    const call = this.#met(told);
    call.permit ??= this.#permit(call, hears);
    return call.permit;
  }

  async #permit(call: Call, hears: boolean): Promise<AgentPermit> {
    await this.#work; // what earlier calls did is taken before the next may do anything
    const why = await this.#guarded(() => this.#whyNot(call), 'The attempt is over.');
    if (why === undefined) return { isAllowed: true };
    call.refusal = why;
    if (!hears) this.#refusals.push(`${call.told.title ?? call.told.kind ?? 'A call'}: ${why}`);
    this.#end(call, false); // some tell nothing more of it
    return { isAllowed: false, why };
  }

  /** A call has begun, come on or ended. */
  told({ call: told, status, output }: Extract<AgentUpdate, { readonly type: 'call' }>): void {
    const call = this.#met(told);
    if (output) call.output = ((output.isMore ? call.output : '') + output.text).slice(-mostOutput);
    if (status === 'completed' || status === 'failed') this.#end(call, status === 'completed');
  }

  /** Counts a write that the agent has us do; the answer says why it may not be. */
  async countWrite(path: string): Promise<string | undefined> {
    const isAnnounced = [...this.#calls.values()].some(
      ({ told, hasEnded }) => !hasEnded && reachOf(told) === 'edit' && told.paths.includes(path),
    );
    if (isAnnounced) return undefined;
    const call = { tool: 'write_file', fingerprint: fingerprintOf('write_file', { path }), target: path };
    return this.#guarded(() => this.#count(call), 'The attempt is over.');
  }

  /** A write that was done by us. */
  wrote(): void {
    this.#hasChanged = true;
  }

  /** A file that could not be written for it. */
  refused(why: string): void {
    this.#refusals.push(why);
  }

  /** Once the agent's turn has ended: no call of it is left, and all that it changed is taken. */
  async endTurn(): Promise<Unheard & { readonly hasChanged: boolean }> {
    for (const call of this.#calls.values()) this.#end(call, false);
    this.#then(async () => this.#took(await this.parts.coordinator.takeChanges()));
    await this.#work;
    const news = { refusals: this.#refusals, notes: this.#notes, hasChanged: this.#hasChanged };
    this.#calls.clear();
    this.#refusals = [];
    this.#notes = [];
    this.#hasChanged = false;
    return news;
  }

  #met(told: AgentCall): Call {
    const known = this.#calls.get(told.id);
    if (!known) {
      const call: Call = { told, startedAt: this.parts.clock.monotonic(), output: '' };
      this.#calls.set(told.id, call);
      this.#tellStep(call);
      return call;
    }
    const { paths, changes } = known.told;
    known.told = {
      ...known.told,
      ...told,
      paths: [...new Set([...paths, ...told.paths])],
      changes: [...new Set([...changes, ...told.changes])],
    };
    this.#tellStep(known);
    return known;
  }

  /** Many tell only with a later word what a call is about. */
  #tellStep(call: Call): void {
    const step = stepOf(call.told, this.parts.inside);
    if (step === call.step || call.hasEnded) return;
    call.step = step;
    this.#then(() => this.parts.coordinator.progress({ status: 'running', step }));
  }

  /** Why the call may not be; undefined where it may. */
  async #whyNot(call: Call): Promise<string | undefined> {
    const why = await this.#counted(call);
    if (why !== undefined) return why;
    const answer = await this.#judge.judge(call.told);
    if (!answer.isLet) return answer.why;
    call.isChanging = reachOf(call.told) === 'edit';
    if (answer.cancelOvertime) call.cancelOvertime = answer.cancelOvertime;
    return undefined;
  }

  #counted(call: Call): Promise<string | undefined> {
    call.counted ??= this.#count(asTool(call.told));
    return call.counted;
  }

  async #count(call: ToolCall): Promise<string | undefined> {
    const answer = await this.parts.coordinator.toolBegin(call);
    if (answer.kind === 'stop') {
      this.#over({ why: `stopped at ${describeLimit(answer.hit)}` });
      return 'The attempt is over.';
    }
    return answer.kind === 'wrapUp' ? limitText(answer.hit) : undefined;
  }

  #end(call: Call, isOk: boolean): void {
    if (call.hasEnded) return;
    call.hasEnded = true;
    call.cancelOvertime?.();
    const { asksFirst } = this.parts;
    const reach = reachOf(call.told);
    const isToAsk = reach === 'edit' || (reach === 'command' && asksFirst?.of === 'changesAndCommands');
    if (asksFirst && isOk && isToAsk && !call.permit)
      this.#over({ error: new Failure('noAgent', `${asksFirst.why} It did this: ${call.step ?? ''}.`) });
    const durationMs = this.parts.clock.monotonic() - call.startedAt;
    this.#then(async () => {
      await this.#counted(call); // one that asked for nothing counts all the same
      await this.#takeOf(call, isOk, durationMs);
      const summary = firstLine(call.refusal ?? call.told.title ?? call.told.kind ?? '');
      await this.parts.coordinator.toolEnd({ ...asTool(call.told), ok: isOk, durationMs, summary });
    });
  }

  async #takeOf(call: Call, isOk: boolean, durationMs: number): Promise<void> {
    const { coordinator } = this.parts;
    if (call.cancelOvertime) {
      const failed = isOk ? {} : ({ failed: true } as const);
      const outcome = await coordinator.commandEnd({ durationMs, printed: call.output, ...failed });
      this.#judge.ran(call.told);
      return this.#took(outcome);
    }
    if (reachOf(call.told) === 'read' || call.refusal !== undefined) return;
    // What others still write would be taken by half; the last of them takes it all.
    const isAlone = ![...this.#calls.values()].some(({ isChanging, hasEnded }) => isChanging && !hasEnded);
    if (isAlone && !this.#judge.isRunning) this.#took(await coordinator.takeChanges());
  }

  #took(changes: CommandChanges): void {
    if (changes.kept.length + changes.contested.length > 0) this.#hasChanged = true;
    this.#notes.push(...describeChanges({ ...changes, kept: [] }));
  }

  /** One after the other, in the order they were told. */
  #then(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(() => this.#guarded(work, undefined));
  }

  async #guarded<T>(work: () => Promise<T>, instead: T): Promise<T> {
    if (this.#isOver) return instead;
    try {
      return await work();
    } catch (error) {
      this.#over({ error });
      return instead;
    }
  }

  #over(why: Over): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.parts.onOver(why);
  }
}

function limitText(hit: Parameters<typeof describeLimit>[0]): string {
  return `You have reached ${describeLimit(hit)}. End your turn now: with what is built if the feature is done, or with what is missing.`;
}
