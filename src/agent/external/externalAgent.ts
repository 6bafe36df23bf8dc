// An agent of another maker at work on one feature: it is started in its copy, prompted until its work is accepted, and
// ended with all it has started.
import { type SecretFiles, secretFiles } from '../../core/features/namedSecrets';
import type { Redactor } from '../../core/guardrails/redactor';
import type { Usage } from '../../core/models/models';
import type { Assignment, Coordinator } from '../../ports/coordinator';
import type { CopyFiles } from '../../ports/copyFiles';
import type {
  AgentClient,
  AgentSession,
  AgentStart,
  AgentTurn,
  ExternalAgents,
} from '../../ports/externalAgents';
import { Failure } from '../../ports/failure';
import type { Clock } from '../../ports/system';
import { type AgentRunner, untilOver } from '../agentRunner';
import { afterFailure } from '../askAgain';
import type { AgentOutcome } from '../tools/tool';
import { AgentCalls, type Over } from './agentCalls';
import { insideOf, secretsIn, withoutSecrets } from './agentPaths';
import { writeFor } from './agentWrites';
import { endedBy, TroubleMet } from './externalEnds';
import { firstPrompt, goOnPrompt, refusedPrompt, returnedPrompt } from './externalPrompts';

export interface ExternalAgentPorts {
  readonly coordinator: Coordinator;
  readonly agents: ExternalAgents;
  readonly files: CopyFiles;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/** Turns in a row that end before anything was done, after which it is given up. */
const maxIdleTurns = 3;
const mostText = 2_000;
const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function createExternalAgent(ports: ExternalAgentPorts): AgentRunner {
  return (assignment, signal) => untilOver(() => work(assignment, ports, signal), signal);
}

async function work(
  assignment: Assignment,
  ports: ExternalAgentPorts,
  signal: AbortSignal,
): Promise<AgentOutcome> {
  const { coordinator, agents, redactor } = ports;
  const found = assignment.agent;
  if (!found?.ok) {
    const message = found?.message ?? 'No agent was named.';
    await coordinator.handBack({ cause: 'agent', message });
    return { kind: 'over', why: message };
  }
  const { start } = found;
  await coordinator.progress({ status: 'running', step: `starting ${start.title}` });
  const { unread, withheld } = await coordinator.copyReady();
  for (const value of withheld) redactor.add(value);
  const byName = secretFiles(assignment.secretFiles);
  const secrets = await secretsIn(ports.files, byName);
  const isSecret = (path: string) => byName(path) || secrets.has(path);
  const place = withoutSecrets(await coordinator.agentPlace(), secrets);
  const talk = new Conversation(start, ports, [place.cwd, assignment.copyDir], isSecret);
  try {
    const where = { place, tag: assignment.tag };
    return await talk.hold(
      () => agents.open(start, where, talk.client, signal),
      firstPrompt(assignment, unread),
    );
  } catch (error) {
    return await endedBy(error, start, ports);
  }
}

/** From its first prompt to its end. */
class Conversation {
  readonly client: AgentClient;
  readonly #calls: AgentCalls;
  readonly #over: Promise<Over>;
  #session: AgentSession | undefined;
  #words = '';
  #overtime: string | undefined;
  #costUsd: number | undefined;
  /** Its model has answered a turn. */
  #wasAnswered = false;
  #toldCostUsd = 0;

  constructor(
    private readonly start: AgentStart,
    private readonly ports: ExternalAgentPorts,
    roots: readonly string[],
    isSecret: SecretFiles,
  ) {
    const { coordinator, clock, files } = ports;
    const inside = (path: string) => insideOf(roots, path);
    let tellOver: (over: Over) => void = () => {};
    this.#over = new Promise((resolve) => {
      tellOver = resolve;
    });
    const calls = new AgentCalls({
      coordinator,
      clock,
      inside,
      isSecret,
      onOver: tellOver,
      ...(start.manners.writesAsAsked && {
        contentOf: async (path) => {
          const file = await files.read(path);
          return file.ok ? file.value?.hash : undefined;
        },
      }),
      ...(start.manners.asksFirst && {
        asksFirst: { of: start.manners.asksFirst, why: unaskedText(start.title) },
      }),
      onOvertime: (why) => {
        this.#overtime = why;
        this.#session?.cancel();
      },
    });
    this.#calls = calls;
    this.client = {
      ask: (call, hears) => calls.ask(call, hears),
      write: (path, content) => writeFor({ path: inside(path), seen: path, content }, calls, ports),
      told: (update) => {
        switch (update.type) {
          case 'text':
            this.#words = (this.#words + update.text).slice(-mostText);
            return coordinator.log(update.text);
          case 'call':
            this.#words = '';
            return calls.told(update);
          case 'plan': {
            const progress = update.of === 0 ? 0 : Math.floor((100 * update.done) / update.of);
            const step = `${update.done} of ${update.of} steps of its plan`;
            return void coordinator.progress({ status: 'running', step, progress }).catch(() => undefined);
          }
          case 'cost':
            this.#costUsd = update.usd;
            return;
          default:
            return update satisfies never;
        }
      },
    };
  }

  async hold(open: () => Promise<AgentSession>, first: string): Promise<AgentOutcome> {
    try {
      return await this.#talk(open, first);
    } finally {
      await this.#session?.close();
    }
  }

  async #talk(open: () => Promise<AgentSession>, first: string): Promise<AgentOutcome> {
    const { coordinator } = this.ports;
    let session = await this.#begin(open);
    let text = first;
    let hasChanged = false;
    let returned: string | undefined;
    for (let idle = 0; ; ) {
      const turn = await this.#turn(session, text);
      if ('why' in turn) return { kind: 'over', why: turn.why };
      const news = await this.#calls.endTurn();
      const over = await this.#overNow();
      if (over) return over;
      hasChanged ||= news.hasChanged;
      idle = news.hasChanged ? 0 : idle + 1;
      const words = this.#lastText();
      if (turn.stop === 'refused') return this.#giveUp(`it refused: ${words || 'no reason given'}`);
      if (turn.stop !== 'done') {
        if (idle >= maxIdleTurns)
          return this.#giveUp(`it ended ${maxIdleTurns} turns without doing anything. ${words}`);
        text = goOnPrompt(this.#whyCut(turn, news.refusals.length > 0), news);
        if (this.#overtime !== undefined && this.start.manners.keepsCommands) {
          session = await this.#begin(open);
          text = `${first}\n\nYou were at work on it before, and your copy has what you did. ${text}`;
        }
        continue;
      }
      const isStuck = idle >= maxIdleTurns || (returned !== undefined && !news.hasChanged);
      if (!hasChanged && news.refusals.length > 0 && idle < maxIdleTurns) {
        text = refusedPrompt(news);
        continue;
      }
      if (!hasChanged) return this.#giveUp(words || 'it ended its turn without a change');
      const verdict = await coordinator.submit({ summary: words || 'done' });
      if (verdict.kind !== 'returned') return { kind: 'submitted', verdict };
      if (isStuck && verdict.why === returned) return this.#giveUp(words || verdict.why);
      returned = verdict.why;
      text = returnedPrompt(verdict.why, news);
    }
  }

  /** In place of the session that there was, whose processes are gone. */
  async #begin(open: () => Promise<AgentSession>): Promise<AgentSession> {
    await this.#session?.close();
    [this.#costUsd, this.#toldCostUsd] = [undefined, 0];
    this.#session = await open();
    return this.#session;
  }

  /** Asks until its service has answered; with `why` the attempt is over. */
  async #turn(session: AgentSession, text: string): Promise<AgentTurn | { readonly why: string }> {
    const { coordinator, clock } = this.ports;
    let prompt = text;
    let beganAt: number | undefined;
    for (let tries = 1; ; tries++) {
      this.#words = '';
      this.#overtime = undefined;
      await coordinator.progress({ status: 'running', step: 'thinking' });
      await coordinator.modelPermit();
      const startedAt = clock.monotonic();
      beganAt ??= startedAt;
      const answer = await Promise.race([
        session.prompt(prompt).catch((error: unknown) => ({ error })),
        this.#over.then((over) => ({ over })),
      ]);
      if ('over' in answer) return this.#overAs(answer.over);
      const durationMs = clock.monotonic() - startedAt;
      if (!('error' in answer)) {
        await coordinator.modelCalled({ usage: answer.usage ?? noUsage, durationMs, ...this.#cost() });
        this.#wasAnswered = true;
        return answer;
      }
      const { error } = answer;
      if (!Failure.is(error)) throw error;
      const isFirst = !this.#wasAnswered && !this.#calls.hasMet;
      const next = afterFailure(error, { tries, waitedMs: clock.monotonic() - beganAt, isFirst });
      if (next.kind === 'final') throw error;
      if (next.kind === 'outside') throw new TroubleMet(next.trouble);
      await coordinator.modelLimited(this.ports.redactor.data(next.limit));
      // It knows what it was asked, and may have done some of it.
      prompt = tries === 1 ? `${text}\n\n${goOnText}` : prompt;
    }
  }

  /** What this turn cost, if it was told. */
  #cost(): { readonly costUsd?: number } {
    if (this.#costUsd === undefined) return {};
    const costUsd = Math.max(0, this.#costUsd - this.#toldCostUsd);
    this.#toldCostUsd = this.#costUsd;
    return { costUsd };
  }

  #whyCut({ stop }: AgentTurn, wasRefused: boolean): string {
    if (this.#overtime !== undefined) return this.#overtime;
    if (stop === 'cutShort') return 'Your turn was cut off at a limit of its length.';
    return wasRefused ? 'Your turn ended, for something was refused to you.' : 'Your turn was broken off.';
  }

  async #overNow(): Promise<AgentOutcome | undefined> {
    const over = await Promise.race([this.#over, Promise.resolve(undefined)]);
    return over && { kind: 'over', ...this.#overAs(over) };
  }

  #overAs(over: Over): { readonly why: string } {
    if ('error' in over) throw over.error;
    return over;
  }

  async #giveUp(why: string): Promise<AgentOutcome> {
    const reason = why.trim();
    await this.ports.coordinator.giveUp({ reason });
    return { kind: 'gaveUp', reason };
  }

  #lastText(): string {
    return this.ports.redactor.text(this.#words).trim();
  }
}

function unaskedText(title: string): string {
  return `${title} does not ask before it does something that it has to ask for, so that no lock and no rule would hold for it. Its own settings may let it do so, or its version has another way of asking.`;
}

const goOnText =
  'You were asked this before, and your service broke off: go on from what you have already done of it.';
