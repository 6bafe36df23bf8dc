// What agents may do and whose keys they use while a host lives: its own user's settings, narrowed by whoever started.
import type { Asked } from '../client/session';

import type { Redactor } from '../core/guardrails/redactor';
import type { Agents } from '../core/models/agents';
import { isAddressOf, type ModelAccess, providersMeant, whyNotAsked } from '../core/models/modelAccess';
import type { ModelName } from '../core/models/models';
import { type ProviderId, type Providers, providerOf } from '../core/models/providers';
import { judgeAsked, type LeftOut, type MachineSettings, narrow } from '../core/settings/machineSettings';
import type { Result } from '../core/shared/result';
import type { ClientEndpoint, ModelEndpoint } from '../ports/coordinator';

/** In memory only. The next host starts from its own user's settings, and without a key until a client gives it one. */
export class Allowance {
  #asked: Pick<Asked, 'allowedCommands' | 'variables'> = {};
  readonly #access = new Map<ProviderId, ModelAccess>();
  #waiting: (() => void)[] = [];

  /** @param own asked at every use, so that a command that is struck from the settings is refused at once */
  constructor(
    private readonly own: () => MachineSettings,
    private readonly redactor: Redactor,
  ) {}

  get agentLimit(): number {
    return this.own().agentLimit;
  }

  get providers(): Providers {
    return this.own().providers;
  }

  get agents(): Agents {
    return this.own().agents;
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

  /** @param model the run's, above every feature's own wish */
  judge(asked: Asked, model: ModelName | undefined): Result<object> {
    return judgeAsked(this.own(), asked, providersMeant(model));
  }

  /** Takes over what `judge` allows; the answer names the commands, variables and providers that are not. */
  take({ allowedCommands, variables, access = [] }: Asked): LeftOut {
    const own = this.own();
    const isTaken = (given: ModelAccess) => isAddressOf(given, own.providers);
    for (const given of access) this.redactor.add(given.apiKey);
    for (const given of access.filter(isTaken)) this.#access.set(given.provider, given);
    if (access.some(isTaken)) for (const look of this.#waiting.splice(0)) look();
    this.#asked = {
      ...this.#asked,
      ...(allowedCommands && { allowedCommands }),
      ...(variables && { variables }),
    };
    return {
      commands: narrow(own.allowedCommands, allowedCommands ?? []).leftOut,
      variables: narrow(own.variables, variables ?? []).leftOut,
      providers: access.flatMap((given) => (isTaken(given) ? [] : [given.provider])),
    };
  }

  /** Why agents cannot be sent there, as the end of a sentence; undefined where they can, or where no client has given any key yet. */
  whyNot(id: ProviderId): string | undefined {
    return whyNotAsked(id, this.providers, this.#access);
  }

  /**
   * How to ask it; undefined where its key is wanting. While nobody has given any key, as after a crash of the host, that
   * is not known before a client has.
   */
  async endpoint(id: ProviderId): Promise<ModelEndpoint | ClientEndpoint | undefined> {
    for (;;) {
      const known = this.endpointNow(id);
      if (known || this.#access.size > 0) return known;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** As `endpoint`, by what has been given so far. */
  endpointNow(id: ProviderId): ModelEndpoint | ClientEndpoint | undefined {
    const provider = providerOf(id, this.providers);
    if (provider === undefined) return undefined;
    const { contextTokens } = provider;
    const window = contextTokens === undefined ? {} : { contextTokens };
    if (provider.kind === 'client') return { kind: 'client', ...window };
    const { kind, key, baseUrl } = provider;
    const given = this.#access.get(id);
    // A key goes nowhere but to the address that it was given for.
    if (given) return { kind, ...window, baseUrl: given.baseUrl, apiKey: given.apiKey };
    return key === 'none' ? { kind, ...window, baseUrl } : undefined;
  }
}
