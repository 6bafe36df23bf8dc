// Which model serves which kind of work, where neither the feature nor the run names one.
import type { ModelName } from '../models/models';
import { specialists } from '../models/specialists';

const { interfaces, product } = specialists;

export interface Preset {
  readonly usual: ModelName;
  readonly byCategory: Readonly<Record<string, ModelName>>;
  /** For features whose description speaks of a user interface. */
  readonly forUi?: ModelName;
}

/** What each does, as people choose between them. */
export const presetTexts = {
  balanced: 'Haiku for testing and documentation, Sonnet for everything else',
  conservative: 'Sonnet for everything',
  aggressive: 'Haiku for everything but backend and database, which Sonnet builds',
  specialists: `${interfaces.title} for frontend, documentation and user interfaces, ${product.title} for product, Haiku for testing, Sonnet for everything else`,
} as const;
export type PresetName = keyof typeof presetTexts;
export const defaultPreset: PresetName = 'balanced';

export const presets: Readonly<Record<PresetName, Preset>> = {
  balanced: { usual: 'sonnet', byCategory: { testing: 'haiku', documentation: 'haiku' } },
  conservative: { usual: 'sonnet', byCategory: {} },
  aggressive: { usual: 'haiku', byCategory: { backend: 'sonnet', database: 'sonnet' } },
  specialists: {
    usual: 'sonnet',
    byCategory: {
      frontend: interfaces.model,
      documentation: interfaces.model,
      product: product.model,
      testing: 'haiku',
    },
    forUi: interfaces.model,
  },
};

/** What a failed attempt is followed by, from the cheapest on. */
export const usualLadder: readonly ModelName[] = ['haiku', 'sonnet', 'opus'];
