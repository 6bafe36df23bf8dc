// The command by which agents do what their tools cannot: its script and what it puts in place, outside of the project.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from './steps';

/** Puts files in place that no tool can: what it is given lies beside it. */
const putScript = `import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
for (const { file, mode, content } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  rmSync(file, { force: true });
  if (content === null) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  const bytes = Buffer.from(content, 'base64');
  if (mode === '120000') symlinkSync(bytes.toString(), file);
  else writeFileSync(file, bytes);
  if (mode === '100755') chmodSync(file, 0o755);
}
`;

/** Answers the command that carries out the `put` steps of change `k`. */
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
