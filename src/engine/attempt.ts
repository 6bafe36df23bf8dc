// One attempt while it runs: what it has used, who works on it, and how it is to end. Lives in memory only.
import { type Attempt, attemptOf, type CoreUse, type NewEvent } from '../core/events/event';
import type { CheckProof, Feature } from '../core/features/feature';
import type { YieldCause } from '../core/features/featureChange';
import { type Budget, freshBudget, type LimitHit, type LimitName } from '../core/guardrails/budget';
import type { ModelName } from '../core/models/models';
import type { Fence } from '../core/shared/ids';
import type { Refusal } from '../core/shared/result';
import type { Unread } from '../core/shared/unread';
import type { CommandTime, SubmitVerdict } from '../ports/coordinator';
import type { CommandPlace, StagedFile } from '../ports/isolation';
import type { WorkerHandle } from '../ports/workers';
import type { Turn } from './commandTurns';
import type { CoreSpan } from './coreWatch';
import type { MachineSpan } from './machineWatch';
import type { NeighbourSpan } from './neighbourWatch';
import type { TimeLimit } from './timeLimit';

/** How an attempt comes to its end. The first ending wins; later ones are ignored. */
export type Ending =
  /** Its files are in the workspace. */
  | { readonly kind: 'passed'; readonly evidence: CheckProof; readonly files: readonly StagedFile[] }
  /** Its files are kept for the user's approval. */
  | {
      readonly kind: 'unconfirmed';
      readonly why: string;
      readonly check?: CheckProof;
      readonly files: readonly StagedFile[];
    }
  /** @param final another attempt would come to the same */
  | { readonly kind: 'failed'; readonly reason: string; readonly final?: true }
  /** @param note what went beyond it, as a sentence */
  | { readonly kind: 'limit'; readonly hit: LimitHit; readonly note?: string }
  | { readonly kind: 'lost'; readonly note: string }
  | {
      readonly kind: 'yielded';
      readonly cause: Exclude<YieldCause, 'lost'>;
      readonly note: string;
      readonly path?: string;
    };

export class LiveAttempt {
  budget: Budget = freshBudget;
  worker: WorkerHandle | undefined;
  /** How the machine stood before that was started. */
  begun: MachineSpan | undefined;
  ending: Ending | undefined;
  /** Set with its ending: settles when that is on disk. */
  ended: Promise<void> | undefined;
  /** Its worker has said hello, and so knows what it works on. */
  isGreeted = false;
  /** What its copy lacks, for it could not be read. */
  unread: Unread | undefined;
  /** Settles once the copy is ready; whatever touches it waits for that. */
  copyReady: Promise<void> = Promise.resolve();
  /** What it has changed in its copy so far: by path, a print of the content and mode it left. */
  readonly changed = new Map<string, string>();
  /** Of that, files which somebody else held when a command of its changed them, each with who. */
  contested: ReadonlyMap<string, Refusal> = new Map();
  /** Why what it handed in came back to it, if it did. */
  returned: string | undefined;
  /** Under way: what it handed in is being checked. */
  handedIn: Promise<SubmitVerdict> | undefined;
  /** Under way: its work enters the workspace, and no other end may come to it before that is done. */
  publishing: Promise<unknown> | undefined;
  /** Paths of which people were told that the attempt may not change them. */
  readonly denied = new Set<string>();
  /** What of its commands' doing was put back, and is not there in another way by now: by path, why. */
  readonly putBack = new Map<string, string>();
  /** Stands still while the attempt waits for its turn. */
  timeLimit: TimeLimit | undefined;
  /** The watch over the command that its agent runs now. */
  command: CoreSpan | undefined;
  /** How the machine stood before that. */
  able: MachineSpan | undefined;
  /** The watch over servers of others that it may talk to. */
  beside: NeighbourSpan | undefined;
  /** What that command was given to leave things for people in. */
  artifactsIn: CommandPlace['env'] | undefined;
  /** Of that command: others may have to wait until it, and all it has started, is gone. */
  turn: Turn | undefined;
  /** What its last command took, until the tool that ran it is told of. */
  commandUse: CoreUse = {};
  /** Ends its call of the model, or its waiting for one, once it is over itself. */
  call: (() => void) | undefined;
  /** The last one came to nothing. */
  isRefused = false;
  /** Aborts the check that is under way, or waits for its turn. */
  readonly check = new AbortController();
  readonly #timers = new Set<() => void>();
  readonly #limitsTold = new Set<LimitName>();

  constructor(
    readonly attempt: Attempt,
    readonly feature: Feature,
    readonly model: ModelName,
    /** Marks every process of this attempt in its environment. */
    readonly tag: string,
    /** The worker's one-use key to the hub. */
    readonly token: string,
    /** In whole, however long it is; undefined where there is none. */
    readonly checkCommand: Promise<string | undefined>,
  ) {
    checkCommand.catch(() => undefined); // whoever asks for it gets to know
  }

  /** Whose trouble it meets, and what its model's answers prove. */
  get asker(): { readonly fence: Fence; readonly model: ModelName } {
    return { fence: this.attempt.fence, model: this.model };
  }

  get isOver(): boolean {
    return this.ending !== undefined;
  }

  /** The event that tells of a limit; none when people were told that this attempt reached it. */
  reached(hit: LimitHit): readonly NewEvent[] {
    if (this.#limitsTold.has(hit.limit)) return [];
    this.#limitsTold.add(hit.limit);
    return [{ type: 'limit.reached', ...hit, ...attemptOf(this.attempt) }];
  }

  /** Keeps a timer's cancel, to be called when the attempt ends. */
  keepTimer(cancel: () => void): () => void {
    this.#timers.add(cancel);
    return () => {
      cancel();
      this.#timers.delete(cancel);
    };
  }

  /** The command is over, whatever became of it. */
  endCommand(took: CommandTime): void {
    this.#endSpan(took);
    this.turn?.giveBack();
    this.turn = undefined;
  }

  #endSpan({ durationMs, cpuMs }: CommandTime): void {
    this.commandUse = this.command?.end(durationMs, cpuMs) ?? {};
    this.command = undefined;
    this.beside?.leave();
    this.beside = undefined;
  }

  dispose(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.timeLimit?.dispose();
    this.#endSpan({ durationMs: 0 }); // its turn ends with its processes
    this.check.abort();
  }
}
