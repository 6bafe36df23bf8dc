// Judges the tool calls of an agent of another maker before they do anything: a file is locked, waiting for it, a command is
// judged and begun, and what is neither is refused.
import type { SecretFiles } from '../../core/features/namedSecrets';
import { wordsLookedAt } from '../../core/guardrails/lookingCommands';
import type { WorkspacePath } from '../../core/locks/lockPath';
import type { Refusal, Result } from '../../core/shared/result';
import type { Coordinator } from '../../ports/coordinator';
import type { AgentCall } from '../../ports/externalAgents';
import type { Clock } from '../../ports/system';
import { reachOf } from './callText';

export interface JudgeParts {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  readonly isSecret: SecretFiles;
  /** A path as the agent sees it, as one of the workspace. */
  readonly inside: (path: string) => Result<WorkspacePath>;
  /** Of the agent's copy: what tells a file's content from another; only for one that writes what it had made before it asked. */
  readonly contentOf?: (path: WorkspacePath) => Promise<string | undefined>;
  /** Its command takes too long: its turn is to be ended. */
  readonly onOvertime: (why: string) => void;
  /** Of its copy, for the agent. */
  readonly note: (notes: readonly string[]) => void;
  /** A refusal after which the attempt is over. */
  readonly onEnding: (why: string) => void;
}

/** What a call was let do. */
export type Let = { readonly isLet: true; readonly cancelOvertime?: () => void } | Denied;
interface Denied {
  readonly isLet: false;
  readonly why: string;
}

/** A refused lock that means that the attempt is over. */
const ending = new Set(['wouldDeadlock', 'staleFence', 'stopped', 'notRunning']);

export class CallJudge {
  /** The call whose command runs. */
  #running: string | undefined;

  constructor(private readonly parts: JudgeParts) {}

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  async judge(call: AgentCall): Promise<Let> {
    const reach = reachOf(call);
    switch (reach) {
      case 'read':
        return this.#mayLook(call);
      case 'edit':
        return this.#mayChange(call);
      case 'command':
        return this.#mayRun(call);
      case 'end':
      case 'other':
        return denied(
          'Agents here read, search and edit files, and run the commands of their assignment; nothing else is let them.',
        );
      default:
        return reach satisfies never;
    }
  }

  /** The command of this call has ended. */
  ran({ id }: AgentCall): void {
    if (this.#running === id) this.#running = undefined;
  }

  async #mayChange({ paths }: AgentCall): Promise<Let> {
    if (paths.length === 0) return denied('It was not said which file would be changed.');
    for (const seen of paths) {
      const path = this.parts.inside(seen);
      if (!path.ok) return denied(path.error.message);
      const { contentOf } = this.parts;
      const before = await contentOf?.(path.value);
      const lock = await this.parts.coordinator.lockFile({ path: path.value });
      if (!lock.ok) return this.#refused(lock.error);
      this.parts.note(lock.value.notes ?? []);
      if ((await contentOf?.(path.value)) !== before)
        return denied(
          `"${path.value}" has changed while this edit waited: read it again and edit what it is now.`,
        );
    }
    return { isLet: true };
  }

  async #mayRun({ id, command }: AgentCall): Promise<Let> {
    if (command === undefined) return denied('It was not said which command would be run.');
    if (this.isRunning) return denied('Another command of yours still runs; run this one when it has ended.');
    this.#running = id; // while the host is asked, too
    const permit = await this.parts.coordinator.commandBegin({ command });
    if (!permit.ok) {
      this.#running = undefined;
      return this.#refused(permit.error);
    }
    const { timeoutMs, notes = [] } = permit.value;
    this.parts.note(notes);
    const words = `\`${command}\` took longer than its time limit of ${Math.round(timeoutMs / 1000)} s and was stopped.`;
    const cancelOvertime = this.parts.clock.after(timeoutMs, () => this.parts.onOvertime(words));
    return { isLet: true, cancelOvertime };
  }

  #mayLook({ paths, command }: AgentCall): Let {
    for (const seen of paths) {
      const path = this.parts.inside(seen);
      if (path.ok && this.parts.isSecret(path.value)) return secret(path.value);
    }
    // Another's reading tools have bounds of their own; a shell has none.
    for (const seen of wordsLookedAt(command ?? '') ?? []) {
      const within = this.parts.inside(`${seen}/_`); // the folder itself may be looked at, too
      if (!within.ok)
        return denied(`"${seen}" is outside of your copy of the project; look at nothing else.`);
      const path = within.value.replace(/\/?_$/, '');
      if (this.parts.isSecret(path)) return secret(path);
    }
    return { isLet: true };
  }

  #refused({ code, message }: Refusal): Denied {
    if (ending.has(code)) this.parts.onEnding(message);
    return denied(message);
  }
}

function denied(why: string): Denied {
  return { isLet: false, why };
}

function secret(path: string): Denied {
  return denied(`"${path}" may hold secrets, so agents neither read nor write it; leave it to the user.`);
}
