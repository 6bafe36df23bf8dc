// The command by which agents do what their tools cannot: its script and what it puts in place, outside of the project.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from './steps';

/** Puts files in place that no tool can: what it is given lies beside it. */
const putScript = `import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
const all = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const { file } of all.filter(({ content }) => content === null)) {
  rmSync(file, { force: true });
  let folder = path.dirname(file);
  while (folder !== '.' && readdirSync(folder).length === 0) {
    rmdirSync(folder);
    folder = path.dirname(folder);
  }
}
for (const { file, mode, content } of all.filter(({ content }) => content !== null)) {
  rmSync(file, { force: true });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.from(content, 'base64'));
  chmodSync(file, mode === '100755' ? 0o755 : 0o644);
}
`;

/** Returns the command that carries out the `put` steps of change `k`. */
export async function writePuts(
  base: string,
  changes: readonly (readonly Step[])[],
): Promise<(k: number) => string> {
  const dir = path.join(base, 'puts');
  await mkdir(dir);
  await writeFile(path.join(dir, 'put.mjs'), putScript);
  for (const [k, steps] of changes.entries()) {
    const puts = steps.flatMap((step) => (step.kind === 'put' ? [step] : []));
    const rows = puts.map(({ path: file, entry }) => ({
      file,
      mode: entry?.mode,
      content: entry ? entry.bytes.toString('base64') : null,
    }));
    await writeFile(path.join(dir, `${k}.json`), JSON.stringify(rows));
  }
  return (k: number) => `node '${path.join(dir, 'put.mjs')}' '${path.join(dir, `${k}.json`)}'`;
}
