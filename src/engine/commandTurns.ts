// Whose turn it is to run a command: how many checks run at once, and that one which has to be alone is.

/**
 * A check counts against the most that may run at once, for more than there are cores only stand in each other's way; what
 * an agent runs for itself does not. One that is to run alone begins when nothing else runs, and nothing else beside it.
 */
export type TurnKind = 'check' | 'command' | 'alone';

export interface Turn {
  /** Did another command of ours run at any time of it? */
  readonly hadCompany: boolean;
  /** May be called twice. */
  giveBack(): void;
}

/** What stands in the way: other checks for the most that may run, or a rule that one is alone. */
export interface TurnWait {
  readonly why: 'most' | 'alone';
  /** How many run now of those that count. */
  readonly running: number;
}

interface Running {
  readonly kind: TurnKind;
  hadCompany: boolean;
}

interface Waiting {
  readonly kind: TurnKind;
  readonly start: () => void;
}

/** First come, first served; only an agent's own command goes before checks that wait for the most that may run. */
export class CommandTurns {
  readonly #running = new Set<Running>();
  readonly #waiting: Waiting[] = [];

  /**
   * @param most checks at once, asked anew for every one, for it may change with the run
   * @param isExclusive commands of every kind run one at a time
   */
  constructor(
    private readonly most: () => number,
    private readonly isExclusive: () => boolean = () => false,
  ) {}

  /**
   * Resolves once it may run; with undefined when `signal` fires before that.
   * @param onWait called at once when it may not yet
   */
  async take(
    kind: TurnKind,
    signal: AbortSignal,
    onWait: (wait: TurnWait) => void,
  ): Promise<Turn | undefined> {
    if (signal.aborted) return undefined;
    const own: Running = { kind, hadCompany: false };
    const served = this.#wait(own, signal);
    this.#serve();
    if (!this.#running.has(own)) onWait(this.#whyNot(kind));
    if (!(await served)) return undefined;
    return {
      get hadCompany() {
        return own.hadCompany;
      },
      giveBack: () => {
        if (this.#running.delete(own)) this.#serve();
      },
    };
  }

  /** Resolves with true once it runs; with false when the signal came first. */
  #wait(own: Running, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const start = () => {
        signal.removeEventListener('abort', leave);
        own.hadCompany = this.#running.size > 0;
        for (const other of this.#running) other.hadCompany = true;
        this.#running.add(own);
        resolve(true);
      };
      const waiting = { kind: own.kind, start };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(false);
        this.#serve(); // it may have been in the way of those behind it
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #serve(): void {
    let isCheckWaiting = false;
    for (const waiting of [...this.#waiting]) {
      const { kind, start } = waiting;
      const isPassed = kind === 'check' && isCheckWaiting;
      if (!isPassed && this.#mayStart(kind)) {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        start();
      } else if (this.#isAlone(kind))
        return; // or it would never be alone
      else if (kind === 'check') isCheckWaiting = true;
    }
  }

  #mayStart(kind: TurnKind): boolean {
    if (this.#isAlone(kind)) return this.#running.size === 0;
    if (this.#oneIsAlone()) return false;
    return kind === 'command' || this.#checks() < this.most();
  }

  #isAlone(kind: TurnKind): boolean {
    return kind === 'alone' || this.isExclusive();
  }

  #oneIsAlone(): boolean {
    return [...this.#running].some(({ kind }) => kind === 'alone');
  }

  #checks(): number {
    return [...this.#running].filter(({ kind }) => kind === 'check').length;
  }

  #whyNot(kind: TurnKind): TurnWait {
    const isOrdered = kind === 'check' && !this.isExclusive() && !this.#oneIsAlone();
    return isOrdered && this.#checks() >= this.most()
      ? { why: 'most', running: this.#checks() }
      : { why: 'alone', running: this.#running.size };
  }
}

/** What a card says of who waits for its turn. */
export function waitingFor({ why, running }: TurnWait): string {
  const [one, many] = why === 'most' ? ['check is', 'checks are'] : ['command is', 'commands are'];
  const what = why === 'most' ? 'a core' : 'a turn, since one of them is to run alone';
  return `waiting for ${what}: ${running} ${running === 1 ? one : many} running`;
}
