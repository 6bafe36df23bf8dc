// The tool calls of an agent of another maker: each is counted, let go or refused before it does anything, and what it
// changed is taken for the attempt when it has ended.

import type { SecretFiles } from '../../core/features/namedSecrets';
import { describeLimit } from '../../core/guardrails/budget';
import type { WorkspacePath } from '../../core/locks/lockPath';
import type { Refusal, Result } from '../../core/shared/result';
import type { CommandChanges, Coordinator, ToolCall } from '../../ports/coordinator';
import type { AgentCall, AgentCallKind, AgentPermit, AgentUpdate } from '../../ports/externalAgents';
import type { Clock } from '../../ports/system';
import { fingerprintOf } from '../fingerprint';
import { describeChanges } from '../tools/commandWords';
import { firstLine } from '../tools/tool';
import type { Unheard } from './externalPrompts';

export interface CallsParts {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly isSecret: SecretFiles;
  /** A path as the agent sees it, as one of the workspace. */
  readonly inside: (path: string) => Result<WorkspacePath>;
  /** The attempt is over, or something of ours broke: the agent is to stop. Told once. */
  readonly onOver: (why: Over) => void;
  /** Its command takes too long: its turn is to be ended. */
  readonly onOvertime: (why: string) => void;
}

export type Over = { readonly why: string } | { readonly error: unknown };

type Done = Extract<AgentUpdate, { readonly type: 'call' }>['status'];

interface Call {
  told: AgentCall;
  /** What people read of it. */
  step?: string;
  readonly startedAt: number;
  /** Its answer, once it was counted; undefined: it may go on. */
  counted?: Promise<string | undefined>;
  refusal?: string;
  /** It was let change files. */
  isChanging?: boolean;
  /** It was let run a command, and may so long. */
  cancelOvertime?: () => void;
  hasEnded?: boolean;
  output: string;
}

/** Calls that may change nothing, whatever they name. */
const looking = new Set<AgentCallKind | undefined>(['read', 'search', 'think']);
const changing = new Set<AgentCallKind | undefined>(['edit', 'delete', 'move']);
/** Under what name a call is counted and told: as our own tools' are. */
const tools: { readonly [K in AgentCallKind]?: string } = {
  ...{ read: 'read_file', search: 'search_files', edit: 'edit_file', delete: 'delete_file' },
  ...{ move: 'move_file', execute: 'run_command' },
};
const verbs: { readonly [K in AgentCallKind]?: string } = {
  ...{ read: 'reading', edit: 'editing', delete: 'deleting', move: 'moving' },
};
/** A refused lock that means that the attempt is over. */
const ending = new Set(['wouldDeadlock', 'staleFence', 'stopped', 'notRunning']);

export class AgentCalls {
  readonly #calls = new Map<string, Call>();
  #running: Call | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #isOver = false;
  #refusals: string[] = [];
  #notes: string[] = [];
  #hasChanged = false;

  constructor(private readonly parts: CallsParts) {}

  /** As `AgentClient.ask`. */
  async ask(told: AgentCall): Promise<AgentPermit> {
    const call = this.#met(told);
    await this.#work; // what earlier calls did is taken before the next may do anything
    const why = await this.#guarded(() => this.#judge(call), 'The attempt is over.');
    if (why === undefined) return 'allowed';
    call.refusal = why;
    this.#refusals.push(`${call.told.title ?? call.told.kind ?? 'A call'}: ${why}`);
    return 'refused';
  }

  /** A call has begun, come on or ended. */
  told(told: AgentCall, status: Done, output: string): void {
    const call = this.#met(told);
    if (output !== '') call.output = output;
    if (status === 'completed' || status === 'failed') this.#end(call, status === 'completed');
  }

  /** Counts a write that the agent has us do; the answer says why it may not be. */
  async countWrite(path: string): Promise<string | undefined> {
    const isAnnounced = [...this.#calls.values()].some(
      ({ told, hasEnded }) => !hasEnded && changing.has(told.kind) && told.paths.includes(path),
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
    const { kind, title, command, paths } = call.told;
    const [path] = paths.map(this.parts.inside).flatMap((inside) => (inside.ok ? [inside.value] : []));
    const verb = kind && verbs[kind];
    const about = command === undefined ? verb && path && `${verb} ${path}` : `running ${command}`;
    const step = about ?? title ?? kind ?? 'working';
    if (step === call.step || call.hasEnded) return;
    call.step = step;
    this.#then(() => this.parts.coordinator.progress({ status: 'running', step }));
  }

  /** Why the call may not be; undefined where it may. */
  async #judge(call: Call): Promise<string | undefined> {
    const why = await this.#counted(call);
    if (why !== undefined) return why;
    const { kind, changes } = call.told;
    if (changing.has(kind) || changes.length > 0) return this.#mayChange(call);
    if (kind === 'execute') return this.#mayRun(call);
    if (looking.has(kind)) return this.#mayLook(call);
    return 'Agents here read, search and edit files, and run the commands of their assignment; nothing else is let them.';
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

  async #mayChange(call: Call): Promise<string | undefined> {
    const { paths } = call.told;
    if (paths.length === 0) return 'It was not said which file would be changed.';
    for (const seen of paths) {
      const path = this.parts.inside(seen);
      if (!path.ok) return path.error.message;
      const lock = await this.parts.coordinator.lockFile({ path: path.value });
      if (!lock.ok) return this.#refusal(lock.error);
      this.#notes.push(...(lock.value.notes ?? []));
    }
    call.isChanging = true;
    return undefined;
  }

  async #mayRun(call: Call): Promise<string | undefined> {
    const { command } = call.told;
    if (command === undefined) return 'It was not said which command would be run.';
    if (this.#running) return 'Another command of yours still runs; run this one when it has ended.';
    this.#running = call; // while the host is asked, too
    const permit = await this.parts.coordinator.commandBegin({ command });
    if (!permit.ok) {
      this.#running = undefined;
      return this.#refusal(permit.error);
    }
    const { timeoutMs, notes = [] } = permit.value;
    this.#notes.push(...notes);
    const words = `\`${command}\` took longer than its time limit of ${Math.round(timeoutMs / 1000)} s and was stopped.`;
    call.cancelOvertime = this.parts.clock.after(timeoutMs, () => this.parts.onOvertime(words));
    return undefined;
  }

  #mayLook({ told }: Call): string | undefined {
    for (const seen of told.paths) {
      const path = this.parts.inside(seen);
      if (path.ok && this.parts.isSecret(path.value))
        return `"${path.value}" may hold secrets, so agents neither read nor write it; leave it to the user.`;
    }
    return undefined;
  }

  #refusal({ code, message }: Refusal): string {
    if (ending.has(code)) this.#over({ why: message });
    return message;
  }

  #end(call: Call, isOk: boolean): void {
    if (call.hasEnded) return;
    call.hasEnded = true;
    call.cancelOvertime?.();
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
    if (this.#running === call && call.cancelOvertime) {
      const failed = isOk ? {} : ({ failed: true } as const);
      const outcome = await coordinator.commandEnd({ durationMs, printed: call.output, ...failed });
      this.#running = undefined;
      return this.#took(outcome);
    }
    if (looking.has(call.told.kind) || call.refusal !== undefined) return;
    // What others still write would be taken by half; the last of them takes it all.
    const isAlone = ![...this.#calls.values()].some(({ isChanging, hasEnded }) => isChanging && !hasEnded);
    if (isAlone && !this.#running) this.#took(await coordinator.takeChanges());
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

function asTool({ kind = 'other', paths, command, input, title }: AgentCall): ToolCall {
  const tool = tools[kind] ?? kind;
  const target = command ?? paths[0] ?? title;
  return {
    tool,
    fingerprint: fingerprintOf(tool, input ?? { paths, command, title }),
    ...(target !== undefined && { target: target.slice(0, 1000) }),
  };
}
