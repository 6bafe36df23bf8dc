// One running VS Code server, with its profile in a folder of its own.

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf, membersOf } from './processes.mjs';
import { ensureServer } from './serverVersions.mjs';

/** A fresh profile, without what would cover a view or call home. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'chat.disableAIFeatures': true,
};

/** The server is up within 2 s on an idle machine; this is for a busy one. */
const startLimitMs = 60_000;

const endLimitMs = 8_000;
/**
 * A host that was told to end is gone after 0.15 s, if `deactivate` is quick. One whose window closed while it was
 * still starting was told nothing, and would wait for hours for the window's return.
 */
const hostEndLimitMs = 1_500;

/**
 * @param {object} options
 * @param {'1.139' | '1.105'} [options.version]
 * @param {string} [options.extensionsDir] as left by `installVsix`; without one, a profile without extensions
 * @param {Record<string, unknown>} [options.userSettings]
 * @param {Record<string, unknown>} [options.machineSettings] of the machine that the extension host runs on
 * @param {boolean} [options.trusted] false leaves workspace trust on: the window opens in Restricted Mode
 * @param {NodeJS.ProcessEnv} [options.env] the environment of server and extension host
 * @param {string} [options.token] what a browser must bring as `?tkn=`; without one, any program of this machine may
 *   use the server, which is good enough for the length of a test
 */
export async function startServer(options = {}) {
  const {
    version = '1.139',
    userSettings = {},
    machineSettings = {},
    trusted = true,
    env = process.env,
  } = options;
  const { node, main } = await ensureServer(version);
  const profile = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  const userData = path.join(profile, 'user');
  const extensionsDir = options.extensionsDir ?? path.join(profile, 'extensions');
  for (const [of, settings] of Object.entries({
    User: { ...quietSettings, ...userSettings },
    Machine: machineSettings,
  })) {
    await mkdir(path.join(userData, of), { recursive: true });
    await writeFile(path.join(userData, of, 'settings.json'), JSON.stringify(settings, null, 2));
  }

  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    ...(options.token ? ['--connection-token', options.token] : ['--without-connection-token']),
    '--enable-smoke-test-driver',
    '--accept-server-license-terms',
    '--disable-telemetry',
    '--server-data-dir',
    path.join(profile, 'server'),
    '--user-data-dir',
    userData,
    '--extensions-dir',
    extensionsDir,
    ...(trusted ? ['--disable-workspace-trust'] : []),
  ];
  // A group of its own: at the end nothing of it is left, whatever it started.
  const child = spawn(node, [main, ...args], {
    // Its sockets lie in the profile and go with it; in the temp folder they would stay behind.
    env: { ...hostEnv(env), XDG_RUNTIME_DIR: profile },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endGroup = () => signalGroup(child.pid, 'SIGKILL');
  process.once('exit', endGroup);

  const log = [];
  const hosts = new EventEmitter();
  child.stderr.on('data', (chunk) => log.push(String(chunk)));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    log.push(`${line}\n`);
    const change = /<(\d+)> (Launched|Extension Host Process exited)/.exec(line);
    if (change) hosts.emit(change[2] === 'Launched' ? 'launched' : 'exited', Number(change[1]));
  });

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), endLimitMs);
      await gone;
      clearTimeout(late);
    }
    endGroup();
    await until(() => membersOf(child.pid).length === 0, endLimitMs);
    process.removeListener('exit', endGroup);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };

  const hostPids = () => childrenOf(child.pid, '--type=extensionHost');
  try {
    const port = await listeningPort(child, lines, log);
    return {
      port,
      pid: /** @type {number} */ (child.pid),
      /** Everything the server and its extension hosts have printed so far. */
      log: () => log.join(''),
      /** Living extension hosts, oldest first. */
      hostPids,
      /** Gives those that were told to end the time to do so. */
      hostsEnded: () => until(() => hostPids().length === 0, hostEndLimitMs),
      /** The process id of the next extension host to be launched after this call. */
      nextHostPid: async () => /** @type {number} */ ((await once(hosts, 'launched'))[0]),
      /** Resolves when the next one ends, whatever the reason. */
      nextHostExit: () => once(hosts, 'exited'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The address that opens a folder.
 *
 * @param {number} port
 * @param {object} what
 * @param {string} what.folder absolute
 * @param {string} [what.extensionDevelopmentPath] absolute
 * @param {string} [what.extensionTestsPath] absolute
 * @param {string} [what.token]
 */
export function workbenchUrl(port, { folder, extensionDevelopmentPath, extensionTestsPath, token }) {
  const authority = `127.0.0.1:${port}`;
  const remote = (file) => `vscode-remote://${authority}${file}`;
  const payload = [['skipWelcome', 'true']];
  if (extensionDevelopmentPath) payload.push(['extensionDevelopmentPath', remote(extensionDevelopmentPath)]);
  if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  const query = new URLSearchParams({ folder: remote(folder), payload: JSON.stringify(payload) });
  if (token) query.set('tkn', token);
  return `http://${authority}/?${query}`;
}

/** A test may itself run in an editor's terminal, whose variables would bind the new server to that editor. */
export function hostEnv(env) {
  const foreign = (name) => name.startsWith('VSCODE_') || name.startsWith('ELECTRON_');
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign(name)));
}

async function listeningPort(child, lines, log) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const late = setTimeout(reject, startLimitMs, 'time is up');
  child.once('exit', (code, signal) => reject(signal ?? code));
  lines.on('line', (line) => {
    const found = /^Extension host agent listening on (\d+)/.exec(line);
    if (found) resolve(Number(found[1]));
  });
  try {
    return await promise;
  } catch (why) {
    throw new Error(`VS Code server did not start (${why}):\n${log.join('')}`);
  } finally {
    clearTimeout(late);
  }
}

/** The system tells nobody when a process that is not one's child ends, so this one looks again and again. */
async function until(condition, limitMs) {
  const end = performance.now() + limitMs;
  while (!condition() && performance.now() < end) await delay(25);
}

function signalGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
  } catch {
    // nobody is left in it
  }
}
