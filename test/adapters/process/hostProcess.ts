// A process that plays the host, or a worker that runs commands, to be killed by a test.
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { repoRoot } from '../../support/repoRoot';

export interface HostProcess {
  readonly child: ChildProcess;
  /** The next line it prints; undefined when it has ended. */
  nextLine(): Promise<string | undefined>;
  readonly exited: Promise<number | null>;
}

/** Runs TypeScript `source`, which imports from './src/...', in a Node process of its own; `prefix` goes before it. */
export async function startHost(folder: string, source: string, prefix = 'exec'): Promise<HostProcess> {
  const bundle = await build({
    stdin: { contents: source, resolveDir: repoRoot, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'warning',
  });
  const file = path.join(folder, 'host.cjs');
  writeFileSync(file, bundle.outputFiles[0]?.contents ?? '');
  const child = spawn('/bin/sh', ['-c', `${prefix} '${process.execPath}' '${file}'`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => (await lines.next()).value,
    exited: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  };
}
