// Models that are good at one kind of work, whoever makes them, as the preset of specialists goes by.
import type { ModelName } from './models';

interface Specialist {
  /** For people. */
  readonly title: string;
  readonly model: ModelName;
}

/** The newest of each maker that its own documentation uses in its examples, read on 2026-11-27. */
export const specialists = {
  interfaces: { title: 'Gemini', model: 'gemini/gemini-3.5-flash' },
  product: { title: 'Grok', model: 'grok/grok-4' },
} as const satisfies Readonly<Record<string, Specialist>>;
