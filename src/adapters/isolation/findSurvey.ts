// Surveys a large tree by the system's own `find`: beside the process, and in a third of the time.
import { execFile, spawn } from 'node:child_process';
import { isGarbled, mayBeGarbled } from '../files/garbledNames';
import { isTooLong, roomBelow } from '../files/pathRoom';
import type { kindOf } from '../files/walkTree';
import { stampOf } from './stamp';
import { type Found, isKeptApart, type SurveyOptions } from './survey';

/** A path, and all else of the entry; a link's text may hold spaces, and so comes last. */
const format = '%P\\0%y %m %s %T@ %C@ %i %l\\0';
/** A tree with more levels is left to whoever walks it: it may have no end, and each of its paths is long. */
const mostLevels = 200;
const kinds: Readonly<Record<string, ReturnType<typeof kindOf>>> = { f: 'file', d: 'folder', l: 'link' };

let known: Promise<boolean> | undefined;

/** GNU's, the only one that prints times as they are. Asked once. */
function hasFind(): Promise<boolean> {
  known ??= new Promise((resolve) => {
    if (process.platform === 'win32') return resolve(false);
    execFile('find', ['--version'], { env: environment() }, (error, stdout) =>
      resolve(!error && stdout.includes('GNU findutils')),
    );
  });
  return known;
}

/**
 * As `survey`, a folder before what is in it. Undefined where it cannot be had so: without that program, and where something
 * in the tree cannot be looked at or has a name that is no UTF-8. `known`: what is told in the same words need not be read again, which takes most of the time.
 */
export async function findSurvey(
  top: string,
  {
    isLeftOut,
    known,
    prunes = { paths: [], names: [] },
    tooLong,
    room = roomBelow(top),
  }: Omit<SurveyOptions, 'unread' | 'garbled'>,
): Promise<Map<string, Found> | undefined> {
  if (!(await hasFind())) return undefined;
  const found = new Map<string, Found>();
  const leftOut = new Set<string>();
  const begunAt = Date.now();
  let isTooDeep = false;
  const take = (at: string, words: string) => {
    const slash = at.lastIndexOf('/');
    const entry = { path: at, name: at.slice(slash + 1), kind: kinds[words[0] ?? ''] ?? ('other' as const) };
    if ((leftOut.size > 0 && slash > 0 && leftOut.has(at.slice(0, slash))) || isLeftOut(entry)) {
      if (entry.kind === 'folder') leftOut.add(at);
      return;
    }
    if (isTooLong(at, room)) {
      leftOut.add(at);
      return tooLong?.(at);
    }
    isTooDeep ||= at.length > mostLevels && at.split('/').length >= mostLevels;
    const before = known?.get(at);
    const isSame = before?.words === words && !(before.kind === 'file' && before.stamp.unsettled);
    found.set(
      at,
      isSame ? before : isKeptApart(entry.name) ? { kind: 'apart' } : foundIn(entry.kind, words, begunAt),
    );
  };
  return (await eachEntry(top, prunes, take)) && !isTooDeep ? found : undefined;
}

function foundIn(kind: ReturnType<typeof kindOf>, words: string, lookedAt: number): Found {
  const [, mode = '', size = '', modified = '', changed = '', inode = '', ...to] = words.split(' ');
  if (kind === 'link') return { kind, to: to.join(' '), words };
  const stat = {
    size: Number(size),
    mtimeMs: msOf(modified),
    ctimeMs: msOf(changed),
    ino: Number(inode),
    mode: Number.parseInt(mode, 8),
  };
  if (kind === 'file') return { kind, stamp: stampOf(stat, lookedAt), words };
  return kind === 'folder' ? { kind, mode: stat.mode & 0o777, words } : { kind, words };
}

/** Resolves with true when all of the tree was seen. */
function eachEntry(
  top: string,
  { paths, names }: NonNullable<SurveyOptions['prunes']>,
  take: (at: string, words: string) => void,
): Promise<boolean> {
  const pruned = [
    ...paths.flatMap((at) => ['-o', '-path', `./${at}`]),
    ...names.flatMap((one) => ['-o', '-name', one]),
  ];
  const apart = ['(', '-iname', '.git', '-o', '-iname', '.parallel-agents', ...pruned, ')'];
  const args = [
    '.',
    '-mindepth',
    '1',
    '-maxdepth',
    `${mostLevels}`,
    ...apart,
    '-printf',
    format,
    '-prune',
    '-o',
    '-printf',
    format,
  ];
  return new Promise((resolve) => {
    const child = spawn('find', args, { cwd: top, env: environment(), stdio: ['ignore', 'pipe', 'ignore'] });
    let rest: Buffer = Buffer.alloc(0);
    let path: string | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = all.lastIndexOf(0) + 1;
      rest = all.subarray(end);
      const text = all.toString('utf8', 0, end);
      if (mayBeGarbled(text) && isGarbled(all.subarray(0, end))) {
        child.kill();
        return resolve(false);
      }
      for (let at = 0, next = text.indexOf('\0'); next >= 0; at = next + 1, next = text.indexOf('\0', at)) {
        const value = text.slice(at, next);
        if (path !== undefined) take(path, value);
        path = path === undefined ? value : undefined;
      }
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

/** Seconds with a fraction, as Node counts them: a difference in the last digit would be another time. */
function msOf(seconds: string): number {
  const dot = seconds.indexOf('.');
  return Number(seconds.slice(0, dot)) * 1000 + Number(seconds.slice(dot + 1, dot + 10)) / 1e6;
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' };
}
