// Where a host has the copies of its workspace, as its user's settings say: looked at anew before each run.
import { hasCode } from '../adapters/files/fileFailure';
import { markPlaces, placesFolder } from '../adapters/isolation/placesFolder';
import type { MachineSettings } from '../core/settings/machineSettings';
import { ok, type Result, refuse } from '../core/shared/result';
import { Failure } from '../ports/failure';

export interface CopiesFolder {
  readonly dir: () => string;
  /** Refuses where no copies can be made. To be asked only while nobody works in one: they may lie elsewhere from then on. */
  readonly judge: () => Promise<Result<object>>;
  /** Rejects with `copyRefused` where no copies can be made; looked at again, so that a mended setting is enough. */
  readonly beforePlace: () => Promise<void>;
}

/** @param root the workspace's real path */
export async function openCopiesFolder(root: string, machine: () => MachineSettings): Promise<CopiesFolder> {
  let dir = '';
  let wrong: Failure | undefined;

  async function look(): Promise<void> {
    const named = machine().copiesFolder;
    try {
      dir = await placesFolder(root, named);
      wrong = undefined;
    } catch (error) {
      if (!Failure.is(error, 'copyRefused')) throw error;
      wrong = error;
    }
  }

  /** It stays that folder while somebody may be at work in a place: elsewhere their work would be found undone. */
  function told(error: unknown): never {
    if (!hasCode(error, 'ENOTDIR', 'EEXIST', 'EISDIR')) throw error;
    const words = `Copies can no longer be made in "${dir}": something is in its way that is no folder. Take that away, or start anew, which looks for another folder.`;
    throw new Failure('copyRefused', words, { cause: error });
  }

  await look();
  if (wrong) dir = await placesFolder(root); // nothing is made there: no copy begins while the setting is wrong
  return {
    dir: () => dir,
    judge: async () => {
      await look();
      return wrong ? refuse('badInput', `${wrong.message} Correct it in your own settings.`) : ok({});
    },
    beforePlace: async () => {
      const before = dir;
      if (wrong) await look();
      if (wrong) throw wrong;
      // Whoever asks was told of another folder.
      if (dir !== before) throw new Failure('copyRefused', `The copies lie in "${dir}" from now on.`);
      await markPlaces(dir, root).catch(told);
    },
  };
}
