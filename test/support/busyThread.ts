// A command whose own thread is busy for a minute and has no turn for anything, as with a very long backlog.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * The environment in which the command line is so, and says `busy` on stderr: from its first moment on, from the moment on
 * at which it hears the first signal, or from when it has heard that and no longer listens.
 */
export function busyFrom(when: keyof typeof moments): NodeJS.ProcessEnv {
  folder ??= made();
  return { NODE_OPTIONS: `--require ${JSON.stringify(path.join(folder, `${when}.cjs`))}` };
}

let folder: string | undefined;

function made(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'pa-busy-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  for (const [when, code] of Object.entries(moments))
    writeFileSync(path.join(dir, `${when}.cjs`), `if (${isCommand}) { ${busy} ${code} }`);
  return dir;
}

const isCommand = `require('node:worker_threads').isMainThread && /cli\\.js$/.test(process.argv[1])`;
const busy = `function busy() {
  require('node:fs').writeSync(2, 'busy\\n');
  for (const until = Date.now() + 60_000; Date.now() < until; );
}`;
const moments = {
  start: 'setTimeout(busy, 0);',
  signal: listening('newListener', 'setImmediate(() => process.once(name, busy));'),
  stopping: listening('removeListener', 'setImmediate(busy);'),
};

/** What is done when the command begins or ends to listen to the signal. */
function listening(event: 'newListener' | 'removeListener', what: string): string {
  return `process.on('${event}', function told(name) {
    if (name !== 'SIGINT') return;
    process.off('${event}', told);
    ${what}
  });`;
}
