// The last words of each agent, for whoever looks: a bounded ring per slot, never stored.
import type { Fence, Slot } from '../core/shared/ids';

export interface Output {
  readonly slot: Slot;
  readonly fence: Fence;
  readonly text: string;
}

const ringChars = 64 * 1024;

export class OutputRings {
  readonly #rings = new Map<Slot, Output>();
  readonly #listeners = new Set<(output: Output) => void>();

  /** Adds to the slot's ring; a new attempt starts an empty one. */
  add(output: Output): void {
    if (output.text === '') return;
    const old = this.#rings.get(output.slot);
    const text = old?.fence === output.fence ? old.text + output.text : output.text;
    this.#rings.set(output.slot, { ...output, text: text.slice(-ringChars) });
    for (const listener of this.#listeners) listener(output);
  }

  read(slot: Slot): string {
    return this.#rings.get(slot)?.text ?? '';
  }

  onOutput(listener: (output: Output) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
