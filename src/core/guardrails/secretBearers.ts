// Files of settings that are secrets only where somebody has written a password or token into them, and what of them is one.
import { lenientName } from '../shared/lenientName';
import { isUnmistakable } from './secretForms';

/** By name, or the folder and the name. Most have nothing to hide, and agents need them: so content decides. */
const bearers: readonly RegExp[] = [
  // Which registry packages come from: most have `registry=` only, or name a variable; some the token itself.
  /^\.npmrc$|^\.yarnrc(\.ya?ml)?$|^bunfig\.toml$|^\.gemrc$|^nuget\.config$/,
  // Indexes of Python, whose address may hold name and password.
  /^pip\.(conf|ini)$|^\.condarc$|^uv\.toml$/,
  // Private sources of Ruby, PHP and Poetry: kept beside switches that are no secret, under names that others use, too.
  /^\.bundle\/config$|^auth\.(json|toml)$/,
  // Build settings, in which signing passwords are often put.
  /^gradle\.properties$|^settings\.xml$/,
  // Settings of programs that fetch: mostly proxies and retries, now and then a header or a password.
  /^\.curlrc$|^\.wgetrc$|^\.hgrc$|^\.gitconfig$/,
  // Which servers coding agents start, with their keys written beside them by many.
  /^\.?mcp\.json$|^(cline_)?mcp_settings\.json$|^\.claude\/settings(\.local)?\.json$|^\.claude\.json$/,
  // Connections of dbt: names of variables in most projects, passwords in some.
  /^profiles\.ya?ml$/,
];

const secretName =
  '[\\w.-]*(?:token|passwd|password|passphrase|secret|_auth\\b|auth_?ident|api[-_]?key|access[-_]?key|private[-_]?key|authorization)[\\w.-]*';
/** Behind such a name: in quotes, or up to white space. */
const named = new RegExp(
  `${secretName}["']?\\s*[=:]\\s*(?:"([^"\\n]+)"|'([^'\\n]+)'|([^\\s"',}\\]]+))`,
  'gi',
);
const inTags = new RegExp(`<${secretName}>([^<]+)</`, 'gi');
const attribute = new RegExp(`\\bkey\\s*=\\s*"${secretName}"\\s+value\\s*=\\s*"([^"]+)"`, 'gi');
const inAddress = /\b[a-z][a-z\d+.-]*:\/\/[^\s/@?#"']*:([^\s/@?#"']+)@/gi;
/** Name and password of a source of gems. */
const ofBundler = /^BUNDLE_\w+__\w+:\s*["']?([^\s"':/]+:[^\s"'/]+)/gim;
/** What services make so that it is known wherever it stands. */
const token = /\b((?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|sk-|xox[abprs]-)[\w-]{16,}|AKIA[A-Z\d]{16})\b/g;
/** A variable, or a place for one to be put in. */
const placeholder = /^\$\w|\$\{|%\w+%|\{\{|^<.*>$/;

/** Is the file at `path` (with `/` between names) one whose content decides whether it is a secret? */
export function mayHoldSecrets(path: string): boolean {
  const names = path.split('/').map(lenientName);
  const ways = [names.at(-1) ?? '', names.slice(-2).join('/')];
  return bearers.some((rule) => ways.some((way) => rule.test(way)));
}

/** The passwords and tokens in the text of such a file; what only names a variable is none. */
export function secretsHeldIn(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*([#;]|\/\/(?!.*:_)|<!--)/.test(line));
  const shown = lines.join('\n');
  const found = [named, inTags, attribute, inAddress, ofBundler, token].flatMap((rule) =>
    [...shown.matchAll(rule)].map(([, ...ways]) => (ways.find((way) => way !== undefined) ?? '').trim()),
  );
  return [...new Set(found)].filter((value) => isUnmistakable(value) && !placeholder.test(value));
}
