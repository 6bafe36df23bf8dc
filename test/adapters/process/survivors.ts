// Who is left of those that carry a tag, asked of the system itself.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { carriesTag } from '../../../src/adapters/process/processTag';
import { createSystemProcessTable } from '../../../src/adapters/process/systemProcessTable';

/** Process numbers, this process excepted. */
export async function survivors(tag: string): Promise<number[]> {
  const rows = await createSystemProcessTable().list();
  return rows
    .filter(({ pid, zombie, lineage }) => pid !== process.pid && !zombie && carriesTag(lineage, tag))
    .map(({ pid }) => pid);
}

/** Nobody tells a test of the end of what is not its child, so it looks until none is left; mocha's limit ends that. */
export async function noSurvivor(tag: string): Promise<void> {
  while ((await survivors(tag)).length > 0) await nextTurn();
}
