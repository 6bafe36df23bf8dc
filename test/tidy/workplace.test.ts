// House rule: nothing in the repository is bound to the machine it was written on.
import { strict as assert } from 'node:assert';
import { homedir } from 'node:os';
import { repoRoot } from '../support/repoRoot';
import { contentOf, projectFiles } from '../support/sourceFiles';

/** Where people and build machines keep their checkouts. Tests may use such a path as an example of one. */
const checkout = /(?<![\w.*-])\/(home|Users|root|work|workspaces?|builds?|mnt|srv)\/[\w.-]/;

const files = projectFiles().filter((file) => !/\.(png|gif|ttf|wasm|gz|ico)$/.test(file));

describe('the repository', () => {
  it('names no path of this machine', () => {
    assert.ok(files.length > 0, 'no files were looked at');
    const own = [repoRoot, homedir()].filter((place) => place.length > '/root'.length);
    assert.deepEqual(
      files.filter((file) => own.some((place) => contentOf(file).includes(`${place}/`))),
      [],
    );
  });

  it('names no usual place of a checkout', () => {
    const found = files
      .filter((file) => !file.startsWith('test/'))
      .flatMap((file) => {
        const line = contentOf(file)
          .split('\n')
          .find((text) => checkout.test(text));
        return line ? [`${file}: ${line.trim().slice(0, 120)}`] : [];
      });
    assert.deepEqual(found, []);
    assert.match(`see '/home/${'someone'}/project'`, checkout);
  });

  it('takes packages from wherever npm is told to', () => {
    const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(
      contentOf('package-lock.json'),
    );
    const hosts = Object.values(lock.packages).flatMap(({ resolved }) =>
      resolved ? [new URL(resolved).host] : [],
    );
    assert.deepEqual(
      hosts.filter((host) => host !== 'registry.npmjs.org'),
      [],
    );
  });
});
