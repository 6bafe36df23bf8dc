// Finds the backlog for a command, and refuses a bad one with its place before anything is touched.
import { join, relative } from 'node:path';
import { loadBacklogFile } from '../adapters/files/backlogFile';
import { madeElsewhere } from '../client/elsewhere';
import { projectAll } from '../core/events/project';
import { emptySnapshot, type Snapshot } from '../core/events/snapshot';
import { type Feature, idsOf } from '../core/features/feature';
import { reconcile } from '../core/features/reconcile';
import { indexByName, withDependencies } from '../core/graph/readiness';
import { parseWorkspacePath } from '../core/locks/lockPath';
import type { FeatureId } from '../core/shared/ids';
import { inert } from '../core/shared/inert';
import { atOnce } from '../core/shared/steps';
import { lookAtRecords } from '../host/lookAtRecords';
import type { PlacedProblem } from '../protocol/hubValues';
import { BadInput } from './terminal';

/**
 * The backlog's path in the workspace and the model that each feature names, once it is known to be good: a bad one leaves
 * nothing behind, not even a folder.
 */
export async function checkBacklog(
  root: string,
  file: string,
): Promise<{ readonly path: string; readonly named: readonly (string | undefined)[] }> {
  const { path, specs } = await loadSpecs(root, file, emptySnapshot);
  if (specs.length === 0)
    throw new BadInput([`${path}: the backlog is an empty list; add a feature such as { "name": "…" }.`]);
  return { path, named: specs.map(({ model }) => model) };
}

/** The workspace as it would be with the backlog loaded now: what the database holds and what the file says. Writes nothing. */
export async function previewWorkspace(
  root: string,
  file: string,
  { distDir, note }: { readonly distDir: string; readonly note: (line: string) => void },
): Promise<Snapshot> {
  const records = await lookAtRecords(root, distDir);
  if (records.newer) note(`⚠️ ${records.newer.message}`);
  if (records.madeElsewhere) note(`⚠️ ${madeElsewhere}`);
  const stored = records.snapshot;
  const { specs, notices } = await loadSpecs(root, file, stored);
  for (const notice of notices) note(`⚠️ ${placeOf(notice)}`);
  const { changes } = atOnce(reconcile(stored.features, stored.lastFeatureId, specs));
  return projectAll(
    stored,
    changes.map((change, k) => ({ ...change, seq: stored.seq + k + 1, at: 0 })),
  );
}

/** One feature by id, with what it needs if asked for. @throws BadInput when there is none, or it could not start alone */
export function chooseFeatures(snapshot: Snapshot, id: FeatureId, all: boolean): readonly FeatureId[] {
  const feature = snapshot.features[id];
  if (!feature) {
    throw new BadInput([
      `There is no feature with the id ${id}. The backlog has: ${describeIds(Object.values(snapshot.features))}.`,
    ]);
  }
  if (all) return [...withDependencies(snapshot.features, id)];
  const byName = indexByName(snapshot.features);
  const missing = feature.spec.dependsOn.filter((name) => byName.get(name)?.state.status !== 'passing');
  if (missing.length > 0 && feature.state.status !== 'passing') {
    throw new BadInput([
      `Feature ${id} needs ${missing.map(inert).join(', ')}, not passing yet; add --with-dependencies to build that, too.`,
    ]);
  }
  return [id];
}

/** All ids with their names where they are soon read, else the first and where to find the others. */
function describeIds(features: readonly Feature[]): string {
  const most = 20;
  const named = features.slice(0, most).map(({ id, spec }) => `${id} ${inert(spec.name)}`);
  if (features.length <= most) return named.join(', ');
  return `${named.join(', ')} and ${features.length - most} more; \`status\` lists all`;
}

/** `file:line:column: message`, as editors and terminals link it. */
export function placeOf({ file, line, column, message }: PlacedProblem): string {
  const fromHere = relative('', file);
  return `${fromHere.startsWith('..') ? file : fromHere}:${line}:${column}: ${message}`;
}

async function loadSpecs(root: string, file: string, { features, lastFeatureId }: Snapshot) {
  const path = parseWorkspacePath(file);
  if (!path.ok) throw new BadInput([`--features: ${path.error.message}`]);
  const loaded = await loadBacklogFile(join(root, path.value), idsOf(features), lastFeatureId);
  if (loaded.kind === 'bad') throw new BadInput(loaded.problems.map(placeOf));
  if (loaded.kind === 'none') {
    throw new BadInput([
      `There is no ${path.value} in ${root}; write one, such as: [ { "name": "…", "description": "…" } ]`,
    ]);
  }
  return { path: path.value, specs: loaded.specs, notices: loaded.notices };
}
