// A command one of whose calls to the disk does not return, as at a dead network disk: it opens a pipe that nobody writes to.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The environment in which the command line makes such a call at its start. */
export function stuckAtDisk(): NodeJS.ProcessEnv {
  const dir = mkdtempSync(path.join(tmpdir(), 'pa-stuck-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const [pipe, file] = [path.join(dir, 'pipe'), path.join(dir, 'open.cjs')];
  execFileSync('mkfifo', [pipe]);
  writeFileSync(file, `if (${isCommand}) require('node:fs').open(${JSON.stringify(pipe)}, 'r', () => {});`);
  return { NODE_OPTIONS: `--require ${JSON.stringify(file)}` };
}

const isCommand = `require('node:worker_threads').isMainThread && /cli\\.js$/.test(process.argv[1])`;
