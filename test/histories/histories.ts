// Where the histories lie: a folder for each version of the tables, as a host of that version left it when it was killed.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../support/repoRoot';

const place = path.join(repoRoot, 'test', 'histories');

/** What the history tells, as JSON, beside what the host left. */
export const toldName = 'told.json';

export function folderOf(version: number): string {
  return path.join(place, `v${version}`);
}

/** Rising. */
export function versionsThere(): readonly number[] {
  const versions = readdirSync(place).flatMap((name) => /^v(\d+)$/.exec(name)?.slice(1).map(Number) ?? []);
  return versions.sort((a, b) => a - b);
}
