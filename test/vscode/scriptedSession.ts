// A session whose history the test writes: the extension's side of the wire without a host behind it.

import type { ModelOffer } from '../../src/client/modelOffer';
import type { AgentOutput, Asked, Session, SessionChange } from '../../src/client/session';
import type { Event } from '../../src/core/events/event';
import type { Snapshot } from '../../src/core/events/snapshot';
import type { LongText } from '../../src/core/shared/longText';
import { ok, type Result } from '../../src/core/shared/result';
import type { LoadedBacklog, PlacedProblem } from '../../src/protocol/hubValues';
import { History } from '../support/history';

export class ScriptedSession implements Session {
  readonly role = 'owner';
  link: Session['link'] = { kind: 'connected' };
  backlog: Session['backlog'] = 'none';
  problems: readonly PlacedProblem[] = [];
  notices: readonly PlacedProblem[] = [];
  /** What was asked, as `method argument`, in order. */
  readonly asked: string[] = [];
  isClosed = false;
  /** What the next reading of the backlog finds. */
  next: Pick<Session, 'backlog' | 'problems'> = { backlog: 'loaded', problems: [] };
  nextDiff: Result<string> = ok('');
  private readonly changes = new Set<(change: SessionChange) => void>();
  private readonly outputs = new Set<(output: AgentOutput) => void>();

  constructor(
    readonly root: string,
    readonly history = new History(),
  ) {}

  get snapshot(): Snapshot {
    return this.history.snapshot;
  }

  /** Runs `change` on the history and tells what came of it, as a host does. */
  tell(change: (history: History) => void): void {
    const before = this.snapshot.seq;
    change(this.history);
    const events = this.history.events.filter(({ seq }) => seq > before);
    for (const listener of this.changes) listener({ events, reset: false });
  }

  /** Another host took over. */
  reset(): void {
    for (const listener of this.changes) listener({ events: [], reset: true });
  }

  say(output: AgentOutput): void {
    for (const listener of this.outputs) listener(output);
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    this.changes.add(listener);
    return () => this.changes.delete(listener);
  }

  onOutput(listener: (output: AgentOutput) => void): () => void {
    this.outputs.add(listener);
    return () => this.outputs.delete(listener);
  }

  async text(text: LongText): Promise<string> {
    return typeof text === 'string' ? text : text.excerpt;
  }

  async events(since: number): Promise<readonly Event[]> {
    return this.history.events.filter(({ seq }) => seq > since);
  }

  async loadBacklog(): Promise<LoadedBacklog> {
    this.asked.push('loadBacklog');
    this.backlog = this.next.backlog;
    this.problems = this.next.problems;
    if (this.backlog === 'none') return { kind: 'none', file: 'features.json' };
    if (this.backlog === 'bad') return { kind: 'bad', problems: [...this.problems] };
    return {
      kind: 'loaded',
      features: 0,
      added: 0,
      edited: 0,
      removed: 0,
      deferred: 0,
      seq: this.snapshot.seq,
      notices: [...this.notices],
    };
  }

  start = async () => ok({ runId: 1, leftOut: { commands: [], variables: [], providers: [] } });

  async configure(change: Asked) {
    this.took('configure', Object.keys(change).join());
    return ok({ leftOut: { commands: [], variables: [], providers: [] } });
  }

  readonly ask: Session['ask'] = {
    pauseRun: async () => this.took('pause'),
    resumeRun: async () => this.took('resume'),
    stopRun: async () => this.took('stop'),
    retry: async ({ featureId }) => this.took('retry', featureId),
    confirm: async ({ featureId }) => this.took('confirm', featureId),
    reject: async ({ featureId }) => this.took('reject', featureId),
    tryModel: async ({ model }) => {
      this.took('tryModel', model);
      return ok({ text: 'ready' });
    },
    output: async ({ slot }) => ({ text: `output of ${slot}\n` }),
  };

  async diff(id: number) {
    this.took('diff', id);
    return this.nextDiff;
  }

  offerModels = async ({ models }: ModelOffer) => {
    this.took('offerModels', models.map(({ name }) => name).join());
  };

  humanEditing = async (paths: readonly string[]) => this.took('humanEditing', paths.join());

  async close(): Promise<void> {
    this.isClosed = true;
  }

  private took(method: string, argument?: unknown) {
    this.asked.push(argument === undefined ? method : `${method} ${argument}`);
    return ok({});
  }
}
