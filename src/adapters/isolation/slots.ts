// What is known of each slot's place, and whose turn it is there.
import path from 'node:path';
import type { Slot } from '../../core/shared/ids';
import { Failure } from '../../ports/failure';
import { asFailures } from '../files/fileFailure';
import { IgnoreRules } from '../files/ignoreRules';
import type { UserRules } from '../files/userRules';
import { SetUp } from './setUp';
import { SlotPlace } from './slotPlace';
import type { Whereabouts } from './whereabouts';

export interface OwnPlace {
  readonly slot: Slot;
  readonly place: SlotPlace;
  readonly setUp: SetUp;
  /** What ignore files say that lie in the place. */
  readonly rules: IgnoreRules;
  /** The same with those outside of the workspace: by which Git would go there, were all of the place's published. */
  readonly published: IgnoreRules;
  isPrepared: boolean;
  /** Settles when the place rests after the last call. */
  idle: Promise<unknown>;
}

export class Slots {
  readonly #known = new Map<Slot, OwnPlace>();

  /** @param make prepares a place, in its turn */
  constructor(
    private readonly where: Whereabouts,
    private readonly user: Pick<UserRules, 'tracked' | 'outer'>,
    private readonly make: (own: OwnPlace) => Promise<unknown>,
  ) {}

  of(slot: Slot): OwnPlace {
    const known = this.#known.get(slot);
    if (known) return known;
    const { top, inside, room, slotDir, placeDir, folderOf } = this.where;
    const beside = (name: string) => path.join(slotDir(slot), name);
    const place = new SlotPlace({
      top,
      inside,
      room,
      dir: placeDir(slot),
      staging: beside('incoming'),
      bases: beside('bases'),
      borrowed: beside('objects'),
      memory: beside('manifest'),
    });
    const own: OwnPlace = {
      slot,
      place,
      setUp: new SetUp(place, beside('setup')),
      rules: new IgnoreRules(folderOf(slot), this.user.tracked),
      published: new IgnoreRules(folderOf(slot), this.user.tracked, undefined, this.user.outer),
      isPrepared: false,
      idle: Promise.resolve(),
    };
    this.#known.set(slot, own);
    return own;
  }

  /** The answer is there before the place rests: until then only the next call waits, and what asks for `idle`. */
  inTurn<T>(slot: Slot, doing: string, work: (own: OwnPlace) => Promise<T>): Promise<T> {
    const own = this.of(slot);
    const done = own.idle.then(() =>
      asPlaceFailures(`${doing} in the copy of slot ${slot}`, () => work(own)),
    );
    const rest = () => own.place.rest().catch(() => undefined);
    own.idle = done.then(rest, rest);
    return done;
  }

  /** One that was not prepared in this process is. */
  inPrepared<T>(slot: Slot, doing: string, work: (own: OwnPlace) => Promise<T>): Promise<T> {
    return this.inTurn(slot, doing, async (own) => {
      if (!own.isPrepared) await this.make(own);
      return work(own);
    });
  }
}

/** What cannot be read of the workspace is passed over; what is refused in the place itself is refused to every attempt. */
async function asPlaceFailures<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await asFailures(doing, work);
  } catch (error) {
    if (!Failure.is(error, 'denied') && !Failure.is(error, 'io')) throw error;
    throw new Failure('noCopy', error.message, { cause: error });
  }
}
