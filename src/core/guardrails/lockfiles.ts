// Which files say what packages a project has installed, and the command that installs them anew.

const installs: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm install',
  'npm-shrinkwrap.json': 'npm install',
  'yarn.lock': 'yarn install',
  'pnpm-lock.yaml': 'pnpm install',
  'bun.lock': 'bun install',
  'bun.lockb': 'bun install',
  'deno.lock': 'deno install',
  'poetry.lock': 'poetry install',
  'uv.lock': 'uv sync',
  'pdm.lock': 'pdm sync',
  'Pipfile.lock': 'pipenv sync',
  'Gemfile.lock': 'bundle install',
  'composer.lock': 'composer install',
  'mix.lock': 'mix deps.get',
  'pubspec.lock': 'dart pub get',
  'Podfile.lock': 'pod install',
  'packages.lock.json': 'dotnet restore',
};

/** @param path with `/`; what packages brought with them is none */
export function isLockfile(path: string): boolean {
  return installOf(path) !== undefined && !/(^|\/)(node_modules|vendor|\.venv|venv)\//.test(path);
}

/** The names that lockfiles have. */
export const lockfileNames: readonly string[] = Object.keys(installs);

/** What a person is to run for a lockfile that changed, from the opened folder. */
export function installCommand(path: string): string | undefined {
  const install = installOf(path);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  if (install === undefined || folder === '') return install;
  return `cd '${folder.replaceAll("'", "'\\''")}' && ${install}`;
}

function installOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return Object.hasOwn(installs, name) ? installs[name] : undefined;
}
