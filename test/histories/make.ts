// Writes the history of the newest version of the tables where there is none, and what each one tells as this version reads it:
// `npm run histories`. Look at what Git says has changed in those of earlier versions before you commit it.
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrations, newestVersion } from '../../src/adapters/store/migrations';
import { folderOf, toldName, versionsThere } from './histories';
import { leaveHistory } from './playHistory';
import { readHistory } from './readHistory';

async function main(): Promise<void> {
  const newest = newestVersion(migrations);
  const work = await mkdtemp(path.join(tmpdir(), 'pa-histories-'));
  if (!versionsThere().includes(newest)) {
    const commits = await leaveHistory(path.join(work, 'made'));
    await cp(path.join(work, 'made'), folderOf(newest), { recursive: true });
    console.log(`Wrote the history of version ${newest}: ${commits} commits.`);
  }
  for (const version of versionsThere()) {
    const copy = path.join(work, `copy-${version}`);
    await cp(folderOf(version), copy, { recursive: true });
    const told = await readHistory(copy);
    const at = path.join(folderOf(version), toldName);
    await writeFile(`${at}.tmp`, `${JSON.stringify(told, null, 1)}\n`);
    await rename(`${at}.tmp`, at);
    console.log(`Version ${version} tells of ${told.events.length} events.`);
  }
  await rm(work, { recursive: true, force: true });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
