// What agents may do and whose key they use while a host lives: its own user's settings, narrowed by whoever started.
import {
  judgeAsked,
  type LeftOut,
  type MachineSettings,
  type ModelAccess,
  narrow,
} from '../core/guardrails/machineSettings';
import type { Redactor } from '../core/guardrails/redactor';
import type { Result } from '../core/shared/result';

/** What a face asks for when it starts a run or changes one; what is absent stays as it is. */
export interface Asked {
  readonly maxAgents?: number;
  readonly allowedCommands?: readonly string[];
  readonly variables?: readonly string[];
  readonly access?: ModelAccess;
}

/** In memory only. The next host starts from its own user's settings, and without a key until a face gives it one. */
export class Allowance {
  #asked: Pick<Asked, 'allowedCommands' | 'variables'> = {};
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
    return narrow(allowedCommands, this.#asked.allowedCommands ?? allowedCommands).allowed;
  }

  /** Names of variables that commands are given. */
  get variables(): readonly string[] {
    const { variables } = this.own();
    return narrow(variables, this.#asked.variables ?? variables).allowed;
  }

  judge(asked: Asked): Result<object> {
    return judgeAsked(this.own(), asked);
  }

  /** Takes over what `judge` allows; the answer names the commands and variables that are not. */
  take({ allowedCommands, variables, access }: Asked): LeftOut {
    if (access !== undefined) {
      this.redactor.add(access.apiKey);
      this.#access = access;
      for (const give of this.#waiting.splice(0)) give(access);
    }
    this.#asked = {
      ...this.#asked,
      ...(allowedCommands && { allowedCommands }),
      ...(variables && { variables }),
    };
    const own = this.own();
    return {
      commands: narrow(own.allowedCommands, allowedCommands ?? []).leftOut,
      variables: narrow(own.variables, variables ?? []).leftOut,
    };
  }

  /** The key with its address; after a crash of the host, once a face has given it again. */
  access(): Promise<ModelAccess> {
    const access = this.#access;
    return access === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(access);
  }
}
