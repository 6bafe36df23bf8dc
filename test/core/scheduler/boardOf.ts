// A board that has seen some features, for what is decided by one.
import type { Experience } from '../../../src/core/events/experience';
import type { Feature } from '../../../src/core/features/feature';
import { Board } from '../../../src/core/scheduler/board';
import { workspaceOf } from '../sampleFeatures';

export function boardOf(features: readonly Feature[], experience: Experience = []): Board {
  const board = new Board();
  board.see({ ...workspaceOf(features), experience });
  return board;
}
