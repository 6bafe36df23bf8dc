// The diffs that one client is reading: each made once, and handed out in parts of that one text.
import { changesText } from '../adapters/diff/changesText';
import type { FeatureId } from '../core/shared/ids';
import { ok, type Result, refuse } from '../core/shared/result';
import type { Engine } from '../engine/engine';
import { textPart } from './textPart';

/** Where a part begins. */
interface PartStart {
  /** Which of the texts that were made for this client. */
  readonly text: number;
  readonly offset: number;
}

/** Texts of a client that may have stopped reading; a longer one has 2 MiB. */
const mostHeld = 4;

export class DiffsAsked {
  readonly #held = new Map<number, { readonly featureId: FeatureId; readonly text: string }>();
  #made = 0;

  constructor(private readonly engine: Pick<Engine, 'judgement' | 'log'>) {}

  /** @param from the `next` of the part before; undefined for the first, of the work as it is now */
  async part(
    featureId: FeatureId,
    from: PartStart | undefined,
  ): Promise<Result<{ part: string; next?: PartStart }>> {
    const { judgement, log } = this.engine;
    let place = from;
    if (place === undefined) {
      const kept = judgement.kept(featureId);
      if (!kept.ok) return kept;
      const text = await changesText({ ...kept.value, redact: (one) => log.redactor.text(one) });
      place = { text: ++this.#made, offset: 0 };
      this.#hold(place.text, { featureId, text });
    }
    const held = this.#held.get(place.text);
    // Another host, or too many others asked for since.
    if (held?.featureId !== featureId)
      return refuse('badInput', `The changes of feature ${featureId} are to be asked for anew.`);
    const { part, next } = textPart(held.text, place.offset);
    if (next === undefined) this.#held.delete(place.text);
    return ok({ part, ...(next !== undefined && { next: { text: place.text, offset: next } }) });
  }

  #hold(key: number, held: { readonly featureId: FeatureId; readonly text: string }): void {
    this.#held.set(key, held);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= mostHeld) return;
      this.#held.delete(oldest);
    }
  }
}
