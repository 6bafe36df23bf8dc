// What is said of a failed check for the place that it ran in.
import { strict as assert } from 'node:assert';
import {
  describeClosed,
  describeExcluded,
  describeGitPrograms,
  describeInstalled,
  describeLinksOut,
  describeMixed,
  describeNoNetwork,
  describePutBack,
  describeWaysBack,
} from '../../../src/core/guardrails/placeText';

const inView = { isInView: true, waysBack: [], linksOut: [], excluded: [], installed: [], gitPrograms: [] };
const elsewhere = {
  isInView: false,
  waysBack: [],
  linksOut: [],
  excluded: [],
  installed: [],
  gitPrograms: [],
};

describe('placeWords', () => {
  it('names the files that lead back, a few of many, and none where the workspace cannot be reached by its path', () => {
    const one = describeWaysBack({ ...elsewhere, waysBack: ['.venv/lib/site-packages/x.pth'] }) ?? '';
    assert.match(one, /^"\.venv\/lib\/site-packages\/x\.pth" leads back into the workspace by its path/);
    assert.match(one, /bubblewrap/);
    const many = describeWaysBack({ ...elsewhere, waysBack: ['a', 'b', 'c', 'd', 'e'] }) ?? '';
    assert.match(many, /^"a", "b", "c" and 2 more lead back/);
    assert.equal(describeWaysBack(elsewhere), undefined);
    assert.equal(describeWaysBack({ ...inView, waysBack: ['a'] }), undefined);
  });

  it('names what was put back, each with why and a few of many', () => {
    const putBack = new Map(['a', 'b', 'c', 'd'].map((path) => [path, `no ${path}`]));
    assert.equal(
      describePutBack(putBack),
      'What commands of the agent made of "a" (no a), "b" (no b), "c" (no c) and 1 more was put back before it.',
    );
    assert.equal(describePutBack(new Map()), undefined);
  });

  it('names the links that lead out, and whether what they lead to can be written', () => {
    assert.equal(
      describeLinksOut({ ...inView, linksOut: ['data'] }),
      '"data" is a link that leads out of the project: what is there is not copied, and checks can only read it.',
    );
    assert.equal(
      describeLinksOut({ ...elsewhere, linksOut: ['a', 'b', 'c', 'd'] }),
      '"a", "b", "c" and 1 more are links that lead out of the project: what is there is not copied, and what checks write there is changed for all.',
    );
    assert.equal(describeLinksOut(inView), undefined);
  });

  it('names what the user left out, with the setting', () => {
    assert.match(
      describeExcluded({ ...inView, excluded: ['data/', 'a', 'b', 'c'] }) ?? '',
      /^"data\/", "a", "b" and 1 more are left out of copies by parallelAgents\.copies\.exclude/,
    );
    assert.match(describeExcluded({ ...elsewhere, excluded: ['data/'] }) ?? '', /^"data\/" is left out/);
    assert.equal(describeExcluded(elsewhere), undefined);
  });

  it('names packages of the user’s that came meanwhile, and says that they would not fit others', () => {
    const installed = ['node_modules/a', 'node_modules/b', 'node_modules/c', '.venv/lib'];
    const shown = /"node_modules\/a", "node_modules\/b", "node_modules\/c" and 1 more/;
    assert.match(describeInstalled({ ...inView, installed }) ?? '', shown);
    assert.match(describeMixed(installed), shown);
    assert.equal(describeInstalled(elsewhere), undefined);
  });

  it('names what Git runs programs for only in the user’s folder, to a check that has to do with Git', () => {
    const gitPrograms = [{ setting: 'filter.crypt', file: 'secret.txt' }];
    const place = { ...inView, gitPrograms };
    for (const check of [
      { command: 'test -z "$(git status --porcelain)"', output: '' },
      { command: 'npm test', output: 'diff --git a/secret.txt b/secret.txt' },
    ])
      assert.match(
        describeGitPrograms(check, place) ?? '',
        /\(filter\.crypt\)|"filter\.crypt".*"secret\.txt".*git config --global/,
      );
    assert.equal(describeGitPrograms({ command: 'npm test', output: 'digits' }, place), undefined);
    assert.equal(describeGitPrograms({ command: 'git status', output: '' }, inView), undefined);
  });

  it('tells of what is closed to a check only where it misses that, and only in the workspace’s place', () => {
    const outputs = [
      'ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'failed to connect to the docker API at unix:///run/docker.sock',
      'Could not find a valid Docker environment. Please see logs and check configuration',
      'Error: unable to connect to Podman socket: dial unix /run/user/1000/podman/podman.sock: connect: refused',
    ];
    for (const output of outputs) {
      assert.match(describeClosed({ command: 'x', output }, inView) ?? '', /copies\.samePlace/, output);
      assert.equal(describeClosed({ command: 'x', output }, elsewhere), undefined);
    }
    assert.equal(describeClosed({ command: 'docker --version', output: '1 test failed' }, inView), undefined);
  });

  it('repeats what tells of a network that was not reached', () => {
    const told = (output: string) => describeNoNetwork({ command: 'x', output });
    for (const output of [
      'npm error network request to https://registry.example/ failed, reason: getaddrinfo ENOTFOUND registry.example',
      "fatal: unable to access 'https://example.com/x.git/': Could not resolve host: example.com",
      'curl: (7) Failed to connect: Network is unreachable',
      'go: dial tcp: lookup proxy.example.com on 127.0.0.53:53: no such host',
      'socket.gaierror: [Errno -3] Temporary failure in name resolution',
    ])
      assert.match(told(output) ?? '', /^It did not reach the network \(".+"\)/, output);
    assert.match(told('a getaddrinfo ENOTFOUND x.example\nmore') ?? '', /ENOTFOUND x\.example"\)/);
    assert.equal(told('connect ECONNREFUSED 127.0.0.1:5432'), undefined, 'a server of the check itself');
    assert.equal(told('AssertionError: expected 1 to equal 2'), undefined);
  });
});
