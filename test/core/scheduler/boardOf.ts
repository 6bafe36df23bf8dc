// A board that has seen some features, for what is decided by one.
import type { History } from '../../../src/core/events/history';
import type { Feature } from '../../../src/core/features/feature';
import { Board } from '../../../src/core/scheduler/board';
import { workspaceOf } from '../sampleFeatures';

export function boardOf(features: readonly Feature[], experience: History = []): Board {
  const board = new Board();
  board.see({ ...workspaceOf(features), experience });
  return board;
}
