// Finds which of many secret values a file's content holds: as they are, or written in a way that anyone turns back.
import type { Steps } from '../shared/steps';
import { FormIndex } from './formIndex';
import { formsOf } from './secretForms';

/** Characters that are looked through in one step, in a millisecond or two. */
const pieceLength = 64 * 1024;
/** From this length on a value is found also where white space breaks it, as `base64` breaks long lines. */
const shortestBroken = 16;

export class HeldValues {
  readonly #index = new FormIndex();
  readonly #valuesOf = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#index.isEmpty;
  }

  add(value: string): void {
    for (const form of new Set([value, ...formsOf(value)])) {
      this.#index.add(form);
      const values = this.#valuesOf.get(form) ?? new Set();
      this.#valuesOf.set(form, values.add(value));
    }
  }

  /** Unlike the redactor it takes nothing for a value that only resembles one: a file of code is long, and a question costs. */
  *in(text: string): Steps<ReadonlySet<string>> {
    const held = new Set<string>();
    yield* this.#look(text, 0, held);
    yield* this.#look(text.replace(/\s+/g, ''), shortestBroken, held);
    return held;
  }

  *#look(text: string, shortest: number, held: Set<string>): Steps<void> {
    for (let from = 0; from < text.length; from += pieceLength) {
      const piece = text.slice(from, from + pieceLength + this.#index.longest);
      for (const { from: start, to } of this.#index.places(piece, shortest))
        for (const value of this.#valuesOf.get(piece.slice(start, to)) ?? []) held.add(value);
      yield;
    }
  }
}
