// Writes a small project for one test: its files, its backlog, and what the offline model is to do.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallProject {
  readonly files?: Readonly<Record<string, string>>;
  readonly features: readonly Readonly<Record<string, unknown>>[];
  readonly script: Readonly<Record<string, readonly unknown[]>>;
}

export async function writeProject({ files = {}, features, script }: SmallProject) {
  const dir = await realpath(await mkdtemp(path.join(tmpdir(), 'pa-small-')));
  const all = {
    ...files,
    'features.json': JSON.stringify(features, null, 2),
    'offline-script.json': JSON.stringify(withWork(script), null, 2),
  };
  for (const [name, text] of Object.entries(all)) {
    const file = path.join(dir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

const changing = new Set(['write_file', 'edit_file', 'move_file', 'delete_file', 'run_command']);

/** Who only says that it is done gets a file of its own to write before: nothing passes for which nothing was changed. */
export function withWork(script: SmallProject['script']): SmallProject['script'] {
  return Object.fromEntries(
    Object.entries(script).map(([name, turns], k) => {
      const tools = turns.map((turn) => (turn as { readonly tool?: string }).tool ?? '');
      if (tools.at(-1) !== 'finish' || tools.some((tool) => changing.has(tool))) return [name, turns];
      const work = call('write_file', { path: `built/${k}.txt`, content: `${name}\n` });
      return [name, [...turns.slice(0, -1), work, turns.at(-1)]];
    }),
  );
}

/** One tool call of the offline model. */
export function call(tool: string, input: Readonly<Record<string, unknown>>, delayMs = 0) {
  return { say: `${tool} …`, tool, input, delayMs };
}

export const finish = call('finish', { summary: 'done' });
