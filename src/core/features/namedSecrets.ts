// Which files are secrets by what the user says of them in `parallelAgents.secrets.files`, beside those that always are.
import { mayHoldSecrets, secretsHeldIn } from '../guardrails/secretBearers';
import { isSecret, withoutVersion } from '../guardrails/secretFiles';
import { pathMatcher } from '../locks/sharedPaths';
import { lenientName } from '../shared/lenientName';

/**
 * Is the file at this path, with `/` between names, one whose content agents do not get to see? With its text also of one whose
 * name does not tell (`mayHoldSecrets`).
 */
export type SecretFiles = (path: string, text?: string) => boolean;

/**
 * What is secret by its name, and what `globs` say beside it (`parallelAgents.secrets.files`): each names further files,
 * or a folder with all below it; with `!` before it files that are none after all. Of those that fit a file the last counts.
 */
export function secretFiles(globs: readonly string[]): SecretFiles {
  const rules = globs.map((glob) => {
    const fits = pathMatcher([plainGlob(glob)]);
    return isException(glob)
      ? { isSecret: false, fits }
      : { isSecret: true, fits: (path: string) => waysToRead(path).some(fits) };
  });
  return (path, text) =>
    rules.findLast(({ fits }) => fits(path))?.isSecret ?? (isSecret(path) || holdsSecrets(path, text));
}

/** What a user says, and what a workspace or another client adds to it; neither of these can take anything out. */
export function furtherSecrets(own: readonly string[], further: readonly string[] = []): readonly string[] {
  return [...own, ...further.filter((glob) => !isException(glob))];
}

/** Does the entry take a file out of the secrets? */
export function isException(glob: string): boolean {
  return glob.trim().startsWith('!');
}

/** Why an entry names no file, as the end of a sentence that begins with it; undefined for one that can. */
export function wrongSecretGlob(glob: string): string | undefined {
  const plain = plainGlob(glob).replaceAll('\\', '/');
  if (plain === '') return 'names nothing';
  if (/\[.*\]/.test(plain))
    return 'has brackets, which stand for themselves here; write one entry for each name';
  if (/^~\/|^[a-z]:\//i.test(plain) || plain.split('/').includes('..'))
    return 'leads out of the project; name files by their path in it, or by their name alone';
  return undefined;
}

function plainGlob(glob: string): string {
  return glob.trim().replace(/^!/, '').trim();
}

function holdsSecrets(path: string, text: string | undefined): boolean {
  return text !== undefined && mayHoldSecrets(path) && secretsHeldIn(text).length > 0;
}

/** The path and the folders it is in, as they are and as the most lenient file system has them, also kept aside. */
function waysToRead(path: string): readonly string[] {
  const lenient = path.split('/').map(lenientName).join('/');
  const folders = [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
  return [path, lenient, withoutVersion(lenient), ...folders];
}
