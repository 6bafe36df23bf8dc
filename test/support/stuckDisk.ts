// A command one of whose calls to the disk does not return, as at a dead network disk: it opens a pipe that nobody writes to.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The environment in which the command line makes such a call: at its start and beside all else, or where it puts the
 * database of a new workspace in its place for the second time, which is when it closes.
 */
export function stuckAtDisk(when: keyof typeof moments = 'start'): NodeJS.ProcessEnv {
  const dir = mkdtempSync(path.join(tmpdir(), 'pa-stuck-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const [pipe, file] = [path.join(dir, 'pipe'), path.join(dir, 'open.cjs')];
  execFileSync('mkfifo', [pipe]);
  const wait = `const wait = (then) => require('node:fs').open(${JSON.stringify(pipe)}, 'r', then);`;
  writeFileSync(file, `if (${isCommand}) { ${wait} ${moments[when]} }`);
  return { NODE_OPTIONS: `--require ${JSON.stringify(file)}` };
}

const isCommand = `require('node:worker_threads').isMainThread && /cli\\.js$/.test(process.argv[1])`;
const moments = {
  start: 'wait(() => {});',
  close: `const files = require('node:fs/promises');
    const { rename } = files;
    let times = 0;
    files.rename = (from, to) =>
      /agents\\.db$/.test(to) && ++times === 2 ? new Promise(wait) : rename(from, to);`,
};
