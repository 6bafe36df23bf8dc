// How much there is to copy of a project: whether that is more than its user wants, and the words that help.
import { inert } from '../shared/inert';
import { sizeText } from '../shared/size';

/** By path, `/` between names; in bytes. */
export type FileSizes = Iterable<readonly [path: string, bytes: number]>;

/** As many folders are named; more nobody reads in one sentence. */
const mostNamed = 3;
/** Subfolders that make up so much of a folder tell more than it does. */
const telling = 0.8;

/** Why all of these are not copied, and what can be done; undefined where they may be. */
export function tooLargeToCopy(sizes: FileSizes, limitBytes: number): string | undefined {
  let total = 0;
  for (const [, bytes] of sizes) total += bytes;
  if (total <= limitBytes) return undefined;
  const [size, limit] = [sizeText(total), sizeText(limitBytes)];
  const named = largestParts(sizes).map(([path, bytes]) => `"${inert(path)}" (${sizeText(bytes)})`);
  return [
    `The project is ${size === limit ? `a little above ${size}` : size}, and at most ${limit} are copied (parallelAgents.copies.maxGb).`,
    `The largest in it: ${named.join(', ')}.`,
    'Leave out what agents can do without (parallelAgents.copies.exclude, from the next start on), have what they only read linked (parallelAgents.copies.readOnlyLinks), or raise the limit.',
  ].join(' ');
}

/**
 * The folders that a project owes its size to, largest first, as deep as that tells more: `data/models` where there is little
 * else in `data`, `node_modules` where many are in it. Files by themselves only from the top.
 */
export function largestParts(sizes: FileSizes): readonly (readonly [path: string, bytes: number])[] {
  const parts = new Map<string, number>();
  for (const [path, bytes] of sizes) {
    if (!path.includes('/')) parts.set(path, bytes);
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      parts.set(folder, (parts.get(folder) ?? 0) + bytes);
    }
  }
  const within = new Map<string, [path: string, bytes: number][]>();
  for (const part of parts) {
    const above = part[0].slice(0, Math.max(0, part[0].lastIndexOf('/')));
    const siblings = within.get(above);
    if (siblings) siblings.push(part);
    else within.set(above, [part]);
  }
  const largestIn = (folder: string) => (within.get(folder) ?? []).sort(([, a], [, b]) => b - a);
  const open = (part: readonly [path: string, bytes: number]): readonly (readonly [string, number])[] => {
    const [path, bytes] = part;
    let sum = 0;
    for (const [k, inner] of largestIn(path).slice(0, mostNamed).entries()) {
      sum += inner[1];
      if (sum >= telling * bytes)
        return largestIn(path)
          .slice(0, k + 1)
          .flatMap(open);
    }
    return [part];
  };
  return largestIn('')
    .slice(0, mostNamed)
    .flatMap(open)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostNamed);
}
