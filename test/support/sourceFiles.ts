// The project's own files, for the tests that check state folder rules on them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ignore from 'ignore';
import { repoRoot } from './repoRoot';

/** Every file that is, or by `.gitignore` may come to be, under version control; relative, with forward slashes. */
export function projectFiles(): string[] {
  const ignored = ignore().add('.git').add(contentOf('.gitignore'));
  const walk = (folder: string): string[] =>
    readdirSync(path.join(repoRoot, folder), { withFileTypes: true }).flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (ignored.ignores(entry.isDirectory() ? `${file}/` : file)) return [];
      return entry.isDirectory() ? walk(file) : [file];
    });
  return walk('').sort();
}

/** The TypeScript of the product: `src` and `webview-ui`. */
export function productFiles(): string[] {
  return projectFiles().filter((file) => /^(src|webview-ui)\/.*\.ts$/.test(file));
}

export function contentOf(file: string): string {
  return readFileSync(path.join(repoRoot, file), 'utf8');
}
