// A command whose own thread is busy for a minute and has no turn for anything, as with a very long backlog.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The environment in which the command line is so: from its first moment on, or from the signal on that it hears first.
 * It says `busy` on stderr then.
 */
export function busyFrom(when: 'start' | 'signal'): NodeJS.ProcessEnv {
  folder ??= made();
  return { NODE_OPTIONS: `--require ${JSON.stringify(path.join(folder, `${when}.cjs`))}` };
}

let folder: string | undefined;

function made(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'pa-busy-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(path.join(dir, 'start.cjs'), `if (${isCommand}) setTimeout(() => { ${busy} }, 0);`);
  writeFileSync(path.join(dir, 'signal.cjs'), `if (${isCommand}) process.on('newListener', ${listens});`);
  return dir;
}

const isCommand = `require('node:worker_threads').isMainThread && /cli\\.js$/.test(process.argv[1])`;
const busy = `require('node:fs').writeSync(2, 'busy\\n');
  for (const until = Date.now() + 60_000; Date.now() < until; );`;
/** Once the command listens, so does this, and is heard after it; what that puts off by a turn or two comes first. */
const listens = `function listens(name) {
  if (name !== 'SIGINT') return;
  process.off('newListener', listens);
  setImmediate(() => process.prependOnceListener(name, () => setTimeout(() => { ${busy} }, 20)));
}`;
