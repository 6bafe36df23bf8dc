// What agents may do and whose key they use while a host lives: its own user's settings, narrowed by whoever started.
import {
  judgeAsked,
  type MachineSettings,
  type ModelAccess,
  narrowCommands,
} from '../core/guardrails/machineSettings';
import type { Redactor } from '../core/guardrails/redactor';
import type { Result } from '../core/shared/result';

/** What a face asks for when it starts a run or changes one; what is absent stays as it is. */
export interface Asked {
  readonly maxAgents?: number;
  readonly allowedCommands?: readonly string[];
  readonly access?: ModelAccess;
}

/** In memory only. The next host starts from its own user's settings, and without a key until a face gives it one. */
export class Allowance {
  #asked: readonly string[] | undefined;
  #access: ModelAccess | undefined;
  #waiting: ((access: ModelAccess) => void)[] = [];

  /** @param own asked at every use, so that a command that is struck from the settings is refused at once */
  constructor(
    private readonly own: () => MachineSettings,
    private readonly redactor: Redactor,
  ) {}

  get agentLimit(): number {
    return this.own().agentLimit;
  }

  get commands(): readonly string[] {
    const { allowedCommands } = this.own();
    return this.#asked ? narrowCommands(allowedCommands, this.#asked).allowed : allowedCommands;
  }

  judge(asked: Asked): Result<object> {
    return judgeAsked(this.own(), asked);
  }

  /** Takes over what `judge` allows; the answer names the commands that are not. */
  take({ allowedCommands, access }: Asked): readonly string[] {
    if (access !== undefined) {
      this.redactor.add(access.apiKey);
      this.#access = access;
      for (const give of this.#waiting.splice(0)) give(access);
    }
    if (allowedCommands === undefined) return [];
    this.#asked = allowedCommands;
    return narrowCommands(this.own().allowedCommands, allowedCommands).leftOut;
  }

  /** The key with its address; after a crash of the host, once a face has given it again. */
  access(): Promise<ModelAccess> {
    const access = this.#access;
    return access === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(access);
  }
}
