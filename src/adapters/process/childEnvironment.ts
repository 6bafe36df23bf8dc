// What a child process gets to know of our environment: an allow-list, since ours holds keys and the editor's sockets.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isNobodys, whyNeverGiven } from '../../core/guardrails/commandVariables';
import { isUnmistakable } from '../../core/guardrails/secretForms';
import { passwordIn, secretValuesIn } from '../../core/guardrails/secretValues';
import { steersModels } from '../../core/models/providers';
import { tagVariable } from './processTag';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who and where the user is, and where tool chains lie. Compared in upper case, as Windows does. */
const allowed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  // Whether it is a build server is as with the user's own shell; the way to the network, too.
  'CI',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'NVM_DIR',
  'VOLTA_HOME',
  'PYENV_ROOT',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'JAVA_HOME',
  'GOPATH',
  'GOROOT',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'DOTNET_ROOT',
  'ANDROID_HOME',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'USERNAME',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
]);

const secret = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/;
/** What would steer the editor or our own programs. */
const steering = /^(VSCODE|ELECTRON)_|^NODE_OPTIONS$/;
/** Never passed on by itself. @param name in upper case */
const isForbidden = (name: string) => [secret, steering, steersModels].some((kind) => kind.test(name));

/** Made anew by every shell, or ours to say: what the user's own are is nothing that a command could miss. */
const ofShells = new Set(['_', 'PWD', 'OLDPWD', 'SHLVL', 'INIT_CWD', 'COLUMNS', 'LINES']);

/** Tells programs that nobody is there to answer or to look at colours: one that asks would wait for ever. */
const unattended = { TERM: 'dumb', NO_COLOR: '1', GIT_TERMINAL_PROMPT: '0' };

/**
 * For a shell command. `extra` goes over the allow-list, secrets too: it is the place's own and what the user named. What
 * leads into the editor or is the model's is in it for nobody.
 */
export function commandEnvironment(
  ours: Environment,
  lineage: string,
  extra: Environment = {},
): Record<string, string> {
  const added = Object.entries(extra).filter(([name]) => !isNobodys(name));
  return { ...passedOn(ours), ...unattended, ...defined(added), [tagVariable]: lineage };
}

/**
 * For an agent of another maker: the same, and what `own` has beside, which may be what it reaches its model with. The user
 * has set that for it, and it is their agent.
 */
export function agentEnvironment(
  ours: Environment,
  lineage: string,
  own: Environment,
): Record<string, string> {
  return { ...passedOn(ours), ...unattended, ...defined(Object.entries(own)), [tagVariable]: lineage };
}

/** For a program of ours, which may have to run inside the editor's executable. */
export function programEnvironment(ours: Environment, lineage: string): Record<string, string> {
  return { ...passedOn(ours), ELECTRON_RUN_AS_NODE: '1', [tagVariable]: lineage };
}

/** What commands get of our environment: what is passed on, and what the user named. */
export function givenVariables(ours: Environment, named: readonly string[]): Record<string, string> {
  const isNamed = nameMatcher(named);
  const extra = Object.entries(ours).filter(([name]) => isNamed(name) && whyNeverGiven(name) === undefined);
  return { ...passedOn(ours), ...defined(extra) };
}

/** The names of what commands do not get of our environment. */
export function withheldVariables(ours: Environment, named: readonly string[]): readonly string[] {
  const given = givenVariables(ours, named);
  return Object.entries(ours).flatMap(([name, value]) => {
    const isMade = ofShells.has(name) || name in unattended || name === tagVariable;
    return value === undefined || name in given || isMade ? [] : [name];
  });
}

/** The values that are withheld as secrets, or kept from all eyes where commands get them, less those that only tell where one lies or are like any word. */
export function secretsIn(ours: Environment): readonly string[] {
  return Object.entries(ours).flatMap(([name, value = '']) => {
    if (/^(https?|all)_proxy$/i.test(name)) return secretValuesIn(`${name}=${value}`); // whose address may hold a password
    const isPlace = path.isAbsolute(value) && existsSync(value);
    const password = passwordIn(value); // as in the address of a database
    const own = secret.test(name.toUpperCase()) && !isPlace && isUnmistakable(value) ? [value] : [];
    return password === undefined ? own : [...own, password];
  });
}

/** As the system compares them. */
function nameMatcher(names: readonly string[]): (name: string) => boolean {
  const asHere = (name: string) => (process.platform === 'win32' ? name.toUpperCase() : name);
  const all = new Set(names.map(asHere));
  return (name) => all.has(asHere(name));
}

function passedOn(ours: Environment): Record<string, string> {
  return defined(
    Object.entries(ours).filter(([name]) => {
      const upper = name.toUpperCase();
      return (allowed.has(upper) || upper.startsWith('LC_')) && !isForbidden(upper);
    }),
  );
}

function defined(entries: readonly (readonly [string, string | undefined])[]): Record<string, string> {
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
