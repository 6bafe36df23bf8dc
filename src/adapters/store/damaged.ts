// What is said of records that can be read and yet are none that we write: a part was damaged, or somebody changed it.
import { inert } from '../../core/shared/inert';
import { Failure } from '../../ports/failure';

/** It may hold a name that somebody else has chosen. */
const mostChars = 300;

/** Nothing of them was used or changed; whoever owns the folder may start over. */
export class DamagedRecords extends Failure {
  constructor(what: string) {
    const told = inert(what).slice(0, mostChars);
    super('corrupt', `The records in .parallel-agents are damaged, or not ours: ${told}. ${mend}`);
  }
}

const mend =
  'Nothing was changed. Start Over (parallel-agents run --start-over) keeps these records under a dated name and begins anew; so does moving agents.db and agents.journal out of .parallel-agents.';

/** @param what as the end of a sentence: which part of which record, and what is wrong with it */
export function damaged(what: string): DamagedRecords {
  return new DamagedRecords(what);
}
