// Looks at the machine's sockets while commands of ours run side by side, so that none is proved by another's server.
import { type Beside, Neighbours } from '../core/guardrails/neighbours';
import type { CommandPlace } from '../ports/isolation';
import type { LocalSockets } from '../ports/localSockets';
import type { Clock } from '../ports/system';

/** The watch over one command. */
export interface NeighbourSpan {
  /** Over: may what it came to be another's work? One or two more looks before that is told. */
  judge(): Promise<boolean>;
  /** Over, and nobody asks. May be called twice, and after `judge`. */
  leave(): void;
}

/** Between two looks. A page is fetched in less: what is over before it was seen is told by what it leaves. */
const lookEveryMs = 100;

export class NeighbourWatch {
  readonly #neighbours = new Neighbours();
  #looking: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves once it has been looked how things were before the command.
   * @param env what the command is given: the first of the ports that are its own
   */
  async begin(tag: string, { PARALLEL_AGENTS_PORT: port }: CommandPlace['env']): Promise<NeighbourSpan> {
    const command: Beside = { tag, firstPort: port === undefined ? undefined : Number(port) };
    this.#neighbours.begin(command);
    await this.#look();
    this.#lookAgain();
    return {
      judge: async () => {
        await this.#look();
        if (this.#neighbours.isOpen(command)) {
          await new Promise<void>((resolve) => void this.clock.after(lookEveryMs, resolve));
          await this.#look();
        }
        return this.#end(command);
      },
      leave: () => void this.#end(command),
    };
  }

  #end(command: Beside): boolean {
    const isDoubtful = this.#neighbours.end(command);
    if (this.#neighbours.open.length < 2) {
      this.#cancel?.();
      this.#cancel = undefined;
    }
    return isDoubtful;
  }

  /** One after the other; one command by itself has no neighbour. */
  #look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const { open } = this.#neighbours;
      if (open.length < 2) return;
      const seen = await this.sockets.look(open.map(({ tag }) => tag));
      if (seen) this.#neighbours.see(seen);
    });
    return this.#looking;
  }

  #lookAgain(): void {
    if (this.#neighbours.open.length < 2) return;
    this.#cancel ??= this.clock.after(lookEveryMs, () => void this.#lookOnTime());
  }

  async #lookOnTime(): Promise<void> {
    await this.#look();
    this.#cancel = undefined;
    this.#lookAgain();
  }
}
