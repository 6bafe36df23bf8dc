// The isolation as one attempt has it: once the attempt is over, its slot is the next one's, and nothing more is done there.
import { Failure } from '../ports/failure';
import type { Isolation } from '../ports/isolation';
import type { LiveAttempt } from './attempt';

/** Each call rejects with `closed` when the attempt is over. One that was made before is done before the next attempt's first. */
export function placeOf(isolation: Isolation, live: Pick<LiveAttempt, 'isOver'>): Isolation {
  return new Proxy(isolation, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]) => {
        if (live.isOver) throw attemptIsOver();
        return member.apply(target, given);
      };
    },
  });
}

export function attemptIsOver(): Failure {
  return new Failure('closed', 'This attempt is over.');
}
