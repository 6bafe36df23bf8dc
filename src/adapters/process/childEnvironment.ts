// What a child process gets to know of our environment: an allow-list, since ours holds keys and the editor's sockets.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isUnmistakable } from '../../core/guardrails/secretForms';
import { secretValuesIn } from '../../core/guardrails/secretValues';
import { tagVariable } from './processTag';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who and where the user is, and where tool chains lie. Compared in upper case, as Windows does. */
const allowed = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TMP', 'TEMP'],
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'],
  // Whether it is a build server is as with the user's own shell; the way to the network, too.
  ...['CI', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
  ...['NVM_DIR', 'VOLTA_HOME', 'PYENV_ROOT', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'JAVA_HOME', 'GOPATH', 'GOROOT'],
  ...['CARGO_HOME', 'RUSTUP_HOME', 'DOTNET_ROOT', 'ANDROID_HOME'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERNAME', 'USERPROFILE', 'HOMEDRIVE'],
  ...['HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)'],
  ...['NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE'],
]);

const secret = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/;
/** What would steer the editor or our own programs. */
const steering = /^(VSCODE|ELECTRON|ANTHROPIC|OPENAI)_|^NODE_OPTIONS$/;
/** Never passed on, not even when asked for. @param name in upper case */
const isForbidden = (name: string) => secret.test(name) || steering.test(name);

/** Tells programs that nobody is there to answer or to look at colours: one that asks would wait for ever. */
const unattended = { TERM: 'dumb', NO_COLOR: '1', GIT_TERMINAL_PROMPT: '0' };

/** For a shell command. `extra` goes over the allow-list, but what is forbidden stays so. */
export function commandEnvironment(
  ours: Environment,
  lineage: string,
  extra: Environment = {},
): Record<string, string> {
  const added = Object.entries(extra).filter(([name]) => !isForbidden(name.toUpperCase()));
  return { ...passedOn(ours), ...unattended, ...defined(added), [tagVariable]: lineage };
}

/** For a program of ours, which may have to run inside the editor's executable. */
export function programEnvironment(ours: Environment, lineage: string): Record<string, string> {
  return { ...passedOn(ours), ELECTRON_RUN_AS_NODE: '1', [tagVariable]: lineage };
}

/** The values that are withheld as secrets, less those that only tell where one lies or are like any word. */
export function secretsIn(ours: Environment): readonly string[] {
  return Object.entries(ours).flatMap(([name, value = '']) => {
    if (/^(https?|all)_proxy$/i.test(name)) return secretValuesIn(`${name}=${value}`); // whose address may hold a password
    const isPlace = path.isAbsolute(value) && existsSync(value);
    return secret.test(name.toUpperCase()) && !isPlace && isUnmistakable(value) ? [value] : [];
  });
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
