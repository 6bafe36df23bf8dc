// What of the workspace the user does not want copied: left out of places altogether, or linked into them.
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';
import type { Mount } from '../../ports/workers';
import { removeTree } from '../files/removeTree';
import type { Entry } from '../files/walkTree';
import { foundBelow } from './survey';

export interface CopyRules {
  /** As in a `.gitignore` of the opened folder; one may begin with `../` where more than that is copied. */
  readonly exclude: readonly string[];
  /** Files and folders, from the opened folder. */
  readonly links: readonly string[];
}

/** Paths are from the top of what is copied. */
export interface LeftOut {
  /** Of an entry, and of all that is in it. */
  readonly of: (at: string, kind: Entry['kind']) => 'excluded' | 'linked' | undefined;
  readonly links: readonly string[];
  /** What `find` need not enter: paths, and names wherever they are. */
  readonly prunes: { readonly paths: readonly string[]; readonly names: readonly string[] };
}

const nothing: LeftOut = { of: () => undefined, links: [], prunes: { paths: [], names: [] } };

/** @param inside what the opened folder is called from the top: empty, or names that end in `/` */
export function createLeftOut({ exclude, links }: CopyRules, inside: string): LeftOut {
  if (exclude.length + links.length === 0) return nothing;
  const patterns = exclude.flatMap((pattern) => fromTop(pattern, inside));
  const rules = ignore({ ignorecase: process.platform !== 'linux' }).add(patterns);
  const linked = links.flatMap((link) => pathFromTop(link, inside));
  const literal = patterns.filter((one) => !/[*?[\]\\!#]/.test(one)).map((one) => one.replace(/\/$/, ''));
  return {
    of: (at, kind) => {
      if (linked.some((link) => at === link || at.startsWith(`${link}/`))) return 'linked';
      return patterns.length > 0 && rules.ignores(kind === 'folder' ? `${at}/` : at) ? 'excluded' : undefined;
    },
    links: linked,
    prunes: {
      paths: [...linked, ...literal.filter((one) => one.startsWith('/')).map((one) => one.slice(1))],
      names: literal.filter((one) => !one.includes('/')),
    },
  };
}

/** A pattern with a slash in it holds for the opened folder, one without for any. */
function fromTop(pattern: string, inside: string): readonly string[] {
  const [, not = '', body = ''] = /^(!?)(.*)$/s.exec(pattern.trim()) ?? [];
  if (body === '' || body.startsWith('#')) return [];
  if (!body.slice(0, -1).includes('/')) return [`${not}${body}`];
  const end = body.endsWith('/') ? '/' : '';
  return pathFromTop(body, inside).map((at) => `${not}/${at}${end}`);
}

/** Empty for what lies outside, or is all that is copied. */
function pathFromTop(from: string, inside: string): readonly string[] {
  const at = path.posix.join(inside, from.replace(/^\/+/, './')).replace(/\/+$/, '');
  return at === '.' || at === '..' || at.startsWith('../') ? [] : [at];
}

/** Where links of places lead to, so that commands can be shown the same things there, but not to be written. */
export class LinkedParts {
  /** @param dir a folder of ours */
  constructor(
    private readonly top: string,
    private readonly dir: string,
  ) {}

  /** What the link in a place says; absolute. */
  target(link: string): string {
    return path.join(this.dir, 'linked', nameOf(link));
  }

  /** Has the targets lead into the workspace. Returns those links that are there. */
  async make(links: readonly string[]): Promise<readonly string[]> {
    const there = links.filter((link) => foundBelow(this.top, link) !== undefined);
    for (const link of there) {
      mkdirSync(path.join(this.dir, 'linked'), { recursive: true, mode: 0o700 });
      const [target, real] = [this.target(link), path.join(this.top, link)];
      if (textOf(target) === real) continue;
      await removeTree(target);
      symlinkSync(real, target);
    }
    return there;
  }

  /** What commands are shown in the stead of the targets. */
  mounts(links: readonly string[]): readonly Mount[] {
    const there = links.filter((link) => foundBelow(this.top, link) !== undefined);
    if (there.length === 0) return [];
    const [points, linked] = [path.join(this.dir, 'points'), path.join(this.dir, 'linked')];
    mkdirSync(points, { recursive: true, mode: 0o700 });
    mkdirSync(linked, { recursive: true, mode: 0o700 });
    return [
      { from: points, at: linked },
      ...there.map((link) => {
        const point = path.join(points, nameOf(link));
        if (foundBelow(this.top, link)?.kind === 'folder') mkdirSync(point, { recursive: true });
        else writeFileSync(point, '');
        return { from: path.join(this.top, link), at: this.target(link), isReadOnly: true };
      }),
    ];
  }
}

function textOf(link: string): string | undefined {
  const stat = lstatSync(link, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() ? readlinkSync(link) : undefined;
}

function nameOf(link: string): string {
  return createHash('sha256').update(link).digest('hex').slice(0, 16);
}
