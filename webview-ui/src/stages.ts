// How each state of a feature looks and is called: always a word and an icon beside the colour.
import type { Stage } from '../../src/core/features/featureMachine';

export interface StageLook {
  readonly label: string;
  /** The name of a codicon, and the same as a character of its font for use inside SVG. */
  readonly icon: string;
  readonly glyph: string;
}

/** In the order of the legend: what is under way, what is to come, what is over. The colours are in style.css. */
export const stageLooks: Readonly<Record<Stage, StageLook>> = {
  working: { label: 'working', icon: 'sync', glyph: '\uea77' },
  verifying: { label: 'verifying', icon: 'beaker', glyph: '\uea79' },
  unconfirmed: { label: 'needs your check', icon: 'question', glyph: '\ueb32' },
  pending: { label: 'pending', icon: 'circle-large-outline', glyph: '\uebb5' },
  waiting: { label: 'waiting', icon: 'clockface', glyph: '\uec75' },
  passing: { label: 'passing', icon: 'pass', glyph: '\ueba4' },
  failed: { label: 'failed', icon: 'error', glyph: '\uea87' },
  skipped: { label: 'skipped', icon: 'circle-slash', glyph: '\ueabd' },
};

export const stages: readonly Stage[] = [
  'working',
  'verifying',
  'unconfirmed',
  'pending',
  'waiting',
  'passing',
  'failed',
  'skipped',
];
