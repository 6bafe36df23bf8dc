// The last words of each agent, for whoever looks: a bounded ring per slot, never stored.
import type { RedactedStream, Redactor } from '../core/guardrails/redactor';
import type { Fence, Slot } from '../core/shared/ids';

export interface Output {
  readonly slot: Slot;
  readonly fence: Fence;
  readonly text: string;
}

const ringChars = 64 * 1024;

export class OutputRings {
  readonly #rings = new Map<Slot, Output>();
  /** What each attempt at work has printed passes through its own, so that a key cut in two is one. */
  readonly #streams = new Map<Fence, RedactedStream>();
  readonly #listeners = new Set<(output: Output) => void>();

  constructor(private readonly redactor: Redactor) {}

  /** Adds to the slot's ring; a new attempt starts an empty one. Keys are taken out first. */
  add({ text, ...from }: Output): void {
    const stream = this.#streams.get(from.fence) ?? this.redactor.stream();
    this.#streams.set(from.fence, stream);
    this.#show({ ...from, text: stream.push(text) });
  }

  /** The attempt is over: what waited for more is shown. */
  end(slot: Slot, fence: Fence): void {
    const text = this.#streams.get(fence)?.end() ?? '';
    this.#streams.delete(fence);
    this.#show({ slot, fence, text });
  }

  #show(output: Output): void {
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
