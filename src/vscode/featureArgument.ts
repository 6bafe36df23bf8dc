// Which feature a command is about: the one clicked in tree or dashboard, or the one the user picks in the palette.
import * as vscode from 'vscode';
import { oneLine } from '../core/events/describe';
import type { Snapshot } from '../core/events/snapshot';
import { type Stage, stageOf } from '../core/features/featureMachine';
import type { FeatureId } from '../core/shared/ids';
import { featureNode } from './featureTree';

/** @param argument a tree node, or a feature's id; anything else means: ask */
export async function featureOf(
  argument: unknown,
  snapshot: Snapshot,
  stage: Stage,
  title: string,
): Promise<FeatureId | undefined> {
  if (typeof argument === 'number') return argument;
  if (typeof argument === 'object' && argument !== null && 'id' in argument) {
    return typeof argument.id === 'number' ? argument.id : undefined;
  }
  const items = Object.values(snapshot.features)
    .filter((feature) => stageOf(feature.state) === stage)
    .map(({ id, spec }) => ({
      id,
      label: oneLine(spec.name),
      description: `feature ${id}`,
      detail: featureNode(snapshot, id)?.description,
    }));
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return picked?.id;
}
