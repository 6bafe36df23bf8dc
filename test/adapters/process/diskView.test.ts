// Whether a folder can be shown at another path, found out by trying.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  findViewMaker,
  readNamespaceRules,
  tryView,
  viewArguments,
} from '../../../src/adapters/process/diskView';
import { tempFolder } from '../files/tempWorkspace';

describe('tryView', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  /** A bubblewrap that does as the script says. */
  function withProgram(script: string): { readonly PATH: string } {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'bwrap'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: folder };
  }

  it('finds the program that can', async () => {
    const environment = withProgram('exit 0');
    const program = path.join(environment.PATH, 'bwrap');
    assert.deepEqual(await tryView(tempFolder(), tempFolder(), environment), {
      kind: 'works',
      program,
      ownProcesses: true,
    });
  });

  it('goes without processes of their own where nobody may have them', async () => {
    const environment = withProgram(
      `case "$*" in *--unshare-pid*) echo "Can't mount proc" >&2; exit 1;; esac`,
    );
    const program = path.join(environment.PATH, 'bwrap');
    const [from, at] = [tempFolder(), tempFolder()];
    assert.deepEqual(await tryView(from, at, environment), { kind: 'works', program, ownProcesses: false });
    assert.deepEqual(await findViewMaker(from, at, environment), { program });
    const view = { program, mounts: [{ from, at }] };
    assert.deepEqual(viewArguments(view, at), [
      '--json-status-fd',
      '3',
      '--dev-bind',
      '/',
      '/',
      '--bind',
      from,
      at,
      '--chdir',
      at,
      '--',
    ]);
  });

  it('tells what the program says that may not', async () => {
    const environment = withProgram('echo "bwrap: setting up uid map: Permission denied" >&2; exit 1');
    assert.deepEqual(await tryView(tempFolder(), tempFolder(), environment), {
      kind: 'refused',
      program: path.join(environment.PATH, 'bwrap'),
      said: 'bwrap: setting up uid map: Permission denied\n',
    });
  });

  it('tells that there is no program, and takes none from the project', async () => {
    const project = tempFolder();
    writeFileSync(path.join(project, 'bwrap'), '#!/bin/sh\n', { mode: 0o755 });
    assert.deepEqual(await tryView(tempFolder(), project, { PATH: project }), { kind: 'notInstalled' });
  });

  it('shows nothing in itself', async () => {
    const project = tempFolder();
    const environment = withProgram('exit 0');
    assert.deepEqual(await tryView(path.join(project, 'copies'), project, environment), { kind: 'within' });
  });

  it('reads the system’s rules as numbers', async () => {
    for (const value of Object.values(await readNamespaceRules())) assert.equal(typeof value, 'number');
    assert.ok(((await readNamespaceRules()).most ?? -1) >= 0);
  });
});
