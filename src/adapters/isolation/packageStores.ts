// Where a package manager keeps what it links into projects: by itself it looks for a place that can be linked from, and
// finds another one where the project is mounted, for no hard link crosses a mount.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isNotRead, readFileWithinSync } from '../files/boundedRead';
import { homeFolder } from '../files/homeFolder';

const mostBytes = 1024 * 1024;

/**
 * Variables that have pnpm use the store that the project's packages came from, or else its usual one: it copies from there.
 * None for a project that is not pnpm's, or that names its store itself.
 *
 * @param top of the place @param folder of the opened one in it, where the project may be, or in one above
 */
export function packageStores(
  { top, folder }: { readonly top: string; readonly folder: string },
  { PNPM_HOME, XDG_DATA_HOME, HOME = homeFolder() }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const folders = between(path.resolve(top), path.resolve(folder));
  const text = (file: string) => folders.map((one) => textOf(path.join(one, file))).join('');
  // pnpm writes it as JSON, which is YAML too; the version of the store's form is no part of the setting.
  const recorded = /^\s*"?storeDir"?:\s*"?([^"\n]+?)"?,?\s*$/m
    .exec(text('node_modules/.modules.yaml'))?.[1]
    ?.replace(/[/\\]v\d+$/, '');
  const isOurs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].some((file) =>
    folders.some((one) => existsSync(path.join(one, file))),
  );
  const isNamed = /^\s*store-?dir\s*[:=]/im.test(text('.npmrc') + text('pnpm-workspace.yaml'));
  if (recorded === undefined && (!isOurs || isNamed)) return {};
  const data = XDG_DATA_HOME ?? path.join(HOME, '.local/share');
  const usual = PNPM_HOME === undefined ? path.join(data, 'pnpm/store') : path.join(PNPM_HOME, 'store');
  const store = recorded ?? usual;
  // The first is read up to version 10, the second from then on.
  return { npm_config_store_dir: store, pnpm_config_store_dir: store };
}

/** From the inner one outwards. */
function between(top: string, folder: string): readonly string[] {
  return folder === top ? [top] : [folder, ...between(top, path.dirname(folder))];
}

function textOf(file: string): string {
  try {
    const read = readFileWithinSync(file, mostBytes);
    return isNotRead(read) ? '' : `${read}\n`;
  } catch {
    return '';
  }
}
