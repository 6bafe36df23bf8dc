// What is said of records that can be read and yet are none that we write: a part was damaged, or somebody changed it.
import { inert } from '../../core/shared/inert';
import { DamagedRecords } from '../../ports/store';

/** It may hold a name that somebody else has chosen. */
const mostChars = 300;

/** @param what as the end of a sentence: which part of which record, and what is wrong with it */
export function damaged(what: string): DamagedRecords {
  return new DamagedRecords(inert(what).slice(0, mostChars));
}
