// Work that changed what its check judges by, where its text does not tell whether that proves less: a trial does.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { MemoryIsolation } from '../doubles/memoryIsolation';
import { SimulatedClock } from '../doubles/simulatedClock';
import { type Hands, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

/** Green where each file in `test` asks for no letter that `code` lacks; `extra` is asked for by `expected/all`. */
const check: NonNullable<SimulatedHostOptions['check']> = (_, workspace, slot) => {
  const place = workspace.placeOf(slot);
  const code = place.get('code') ?? '';
  const asked = [...place].flatMap(([path, text]) => (/^(?:test|expected)\//.test(path) ? [...text] : []));
  const missing = asked.filter((letter) => !code.includes(letter));
  return {
    exitCode: missing.length === 0 ? 0 : 1,
    outputTail: `lacks ${missing.join('')}`,
    durationMs: 1_000,
  };
};

interface Scene extends Partial<SimulatedHostOptions> {
  readonly files?: Readonly<Record<string, string>>;
  readonly declares?: readonly string[];
}

async function scene(
  work: (hands: Hands) => Promise<unknown>,
  { files = {}, declares = [], ...rest }: Scene = {},
) {
  const workspace = rest.workspace ?? new MemoryIsolation();
  for (const [path, text] of Object.entries({ code: 'ab', 'test/a.dat': 'a', 'expected/all': 'b', ...files }))
    workspace.put(path, text);
  const host = await SimulatedHost.open({
    backlog: [{ name: 'one', files: declares }],
    check,
    agents: () => async (hands) => {
      await work(hands);
      await hands.handIn();
    },
    ...rest,
    workspace,
  });
  await host.run();
  assert.deepEqual(host.bugs, []);
  return { host, workspace };
}

const checks = (host: SimulatedHost) =>
  host.events.flatMap((e) =>
    e.type === 'verify.finished'
      ? [`${e.trial ? 'trial' : 'check'}${e.guards ? ` of ${e.guards}` : ''} ${e.passed}`]
      : [],
  );
const whyOf = (host: SimulatedHost, id = 1) => {
  const state = host.engine.snapshot.features[id]?.state;
  return state?.status === 'claimed' && state.phase === 'unconfirmed' ? String(state.why) : state?.status;
};

describe('a change that texts do not judge', () => {
  it('passes where the check is green with what it judges by as before, and enters as the agent left it', async () => {
    const place = new MemoryIsolation();
    const { host, workspace } = await scene(
      async ({ write, assignment }) => {
        await write('code', 'abc');
        await write('expected/all', 'bc');
        place.treeOf(assignment.slot).modes.set('expected/all', 0o755);
      },
      { workspace: place },
    );
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(checks(host), ['check true', 'trial true']);
    assert.deepEqual(
      [workspace.files.get('expected/all'), workspace.modes.get('expected/all'), workspace.files.get('code')],
      ['bc', 0o755, 'abc'],
    );
  });

  it('needs an approval where the check is red with it as before, and says so', async () => {
    const { host, workspace } = await scene(async ({ write }) => {
      await write('code', 'a');
      await write('expected/all', '');
    });
    assert.equal(
      whyOf(host),
      'Its check passed, and it needs your approval (diff 1 shows it; confirm 1, or reject 1 to give it up): with "expected/all" as before, the check fails; so it may pass for what was changed there, which the feature does not name in its "files". The check `check` exited with 1.\nlacks b',
    );
    assert.equal(workspace.files.get('expected/all'), 'b');
    assert.equal((await host.engine.judgement.confirm(1)).ok, true);
    assert.deepEqual([workspace.files.get('expected/all'), workspace.files.get('code')], ['', 'a']);
  });

  it('counts data as what the check judges by where a test near it reads it, and no other code', async () => {
    const outcome = async (data: string, test: string, says: string, others = {}) => {
      const { host } = await scene(({ write }) => write(data, ''), {
        files: { [data]: 'z', [test]: says, ...others },
        check: (_, workspace, slot) => ({ exitCode: workspace.placeOf(slot).get(data) === '' ? 0 : 1 }),
      });
      return checks(host).join();
    };
    const [tried, untried] = ['check true,trial false', 'check true'];
    assert.equal(await outcome('a/cases.json', 'a/sum.test.js', "read('cases.json')"), tried);
    assert.equal(await outcome('a/data/in.csv', 'tests/sum.py', "open('a/data/in.csv')"), tried);
    assert.equal(await outcome('a/cases/1.json', 'a/sum_test.go', 'glob("cases/*.json")'), tried);
    assert.equal(await outcome('a/cases.json', 'a/sum.test.js', "read('showcases.json')"), untried);
    assert.equal(await outcome('a/cases.json', 'b/sum.test.js', "read('cases.json')"), untried);
    assert.equal(await outcome('a/notes.md', 'a/sum.test.js', "read('notes.md')"), untried);
    const product = { 'a/src/sum.js': "read('../cases.json')" };
    assert.equal(await outcome('a/cases.json', 'a/sum.test.js', "read('cases.json')", product), untried);
    assert.equal(await outcome('a/cases.js', 'a/sum.js', "read('cases.js')"), untried);
  });

  it('puts back only the tests of a file in which they stand beside what they test', async () => {
    const beside = (code: string, asked: string) =>
      `fn ${code}() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() { asks("${asked}"); }\n}\n`;
    const inside: typeof check = (_, workspace, slot) => {
      const [code = '', tests = ''] = (workspace.placeOf(slot).get('src/a.rs') ?? '').split('#[cfg(test)]');
      const lacks = [...(/asks\("(\w*)"\)/.exec(tests)?.[1] ?? '')].filter((one) => !code.includes(one));
      return { exitCode: lacks.length, outputTail: `lacks ${lacks.join('')}`, durationMs: 1_000 };
    };
    const outcome = async (code: string, asked: string, declares: readonly string[] = []) => {
      const files = { 'src/a.rs': beside('x', 'z') };
      const work = ({ write }: Hands) => write('src/a.rs', beside(code, asked));
      const { host, workspace } = await scene(work, { files, declares, check: inside });
      const [status] = [host.statusOf(1)];
      if (status === 'passing') assert.equal(workspace.files.get('src/a.rs'), beside(code, asked));
      return [whyOf(host)?.replace(/[\s\S]*?: with (.*?);[\s\S]*/, '$1'), ...checks(host)];
    };
    assert.deepEqual(await outcome('z', 'z'), ['passing', 'check true']);
    assert.deepEqual(await outcome('zy', 'zy'), ['passing', 'check true', 'trial true']);
    assert.deepEqual(await outcome('x', 'x'), [
      '"src/a.rs" as before, the check fails',
      'check true',
      'trial false',
    ]);
    assert.deepEqual(await outcome('x', 'x', ['src/a.rs']), ['passing', 'check true']);
  });

  it('needs an approval where the tests of such a file could not be put back', async () => {
    class Closed extends MemoryIsolation {
      override async write(...[slot, write]: Parameters<MemoryIsolation['write']>) {
        if (write.content?.includes('asks("z")') && write.baseHash !== null)
          return { ok: false, error: { code: 'changedOnDisk', message: 'It is another now.' } } as const;
        return super.write(slot, write);
      }
    }
    const text = (asked: string) => `fn x() {}\n#[test]\nfn a() { asks("${asked}"); }\n`;
    const workspace = new Closed();
    const { host } = await scene(({ write }) => write('src/a.rs', text('x')), {
      workspace,
      files: { 'src/a.rs': text('z') },
      check: () => ({ exitCode: 0 }),
    });
    assert.match(
      whyOf(host) ?? '',
      /"src\/a.rs" as before, the check could not be run;.* It is another now\.$/s,
    );
    assert.deepEqual(checks(host), ['check true']);
  });

  it('costs no check where the feature declares it, where it only adds, and where nothing of the kind was touched', async () => {
    const quiet = async (path: string, declares: readonly string[] = []) => {
      const { host } = await scene(({ write }) => write(path, 'a'), { declares });
      assert.equal(host.statusOf(1), 'passing', path);
      assert.deepEqual(checks(host), ['check true'], path);
    };
    await quiet('expected/all', ['expected/']);
    await quiet('test/new.json');
    await quiet('other.txt');
  });

  it('needs no yes where only what was added needs the changed', async () => {
    // The new test asks for a letter that only the changed settings let it find.
    const { host } = await scene(
      async ({ write }) => {
        await write('x.config.js', 'c');
        await write('test/new.json', 'c');
      },
      {
        files: { 'x.config.js': 'ab', code: 'abc' },
        check: (run, workspace, slot) => {
          const place = workspace.placeOf(slot);
          return place.has('test/new.json') && place.get('x.config.js') !== 'c'
            ? { exitCode: 1 }
            : check(run, workspace, slot);
        },
      },
    );
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(checks(host), ['check true', 'trial true']);
  });

  it('needs no yes where the check needs what was added', async () => {
    const { host } = await scene(
      async ({ write }) => {
        await write('x.config.js', 'c');
        await write('test/new.json', 'a');
      },
      {
        files: { 'x.config.js': 'ab' },
        check: (_, workspace, slot) => ({ exitCode: workspace.placeOf(slot).has('test/new.json') ? 0 : 1 }),
      },
    );
    assert.equal(host.statusOf(1), 'passing');
    assert.deepEqual(checks(host), ['check true', 'trial false', 'trial true']);
  });

  it('is tried with the files that manifests name, read from the copy', async () => {
    const { host } = await scene(
      async ({ write }) => {
        await write('go.mjs', 'nothing');
        await write('code', '');
      },
      {
        backlog: [{ name: 'one', verify: 'npm test' }],
        files: { 'go.mjs': 'all', 'package.json': '{"scripts": {"test": "node go.mjs"}}' },
        check: (run, workspace, slot) =>
          workspace.placeOf(slot).get('go.mjs') === 'nothing' ? { exitCode: 0 } : check(run, workspace, slot),
      },
    );
    assert.match(String(whyOf(host)), /with "go\.mjs" as before, the check fails/);
  });

  it('is tried with the checks of what passed as well', async () => {
    const { host } = await scene(async () => undefined, {
      backlog: [
        { name: 'one', verify: 'one', files: ['test/a.dat', 'code'] },
        { name: 'two', verify: 'two', depends_on: ['one'] },
      ],
      agents:
        ({ name }) =>
        async ({ write, handIn }) => {
          await write('code', name === 'one' ? 'abc' : 'bc');
          if (name === 'two') await write('test/a.dat', '');
          await handIn();
        },
      check: (run, workspace, slot) => (run.command === 'two' ? {} : check(run, workspace, slot)),
    });
    assert.deepEqual(checks(host).slice(0, 5), [
      'check true',
      'check true',
      'check of 1 true',
      'trial true',
      'trial of 1 false',
    ]);
    assert.match(
      String(whyOf(host, 2)),
      /with "test\/a\.dat" as before, the check of feature 1, "one", fails/,
    );
  });
});

describe('a trial that is cut short', () => {
  it('leaves nothing behind when the run is stopped in it', async () => {
    const clock = new SimulatedClock();
    const workspace = new MemoryIsolation();
    for (const [path, text] of Object.entries({ code: 'ab', 'expected/all': 'b' })) workspace.put(path, text);
    const host = await SimulatedHost.open({
      clock,
      workspace,
      backlog: [{ name: 'one' }],
      check: (...args) => ({ ...check(...args), durationMs: 20_000 }),
      agents:
        () =>
        async ({ write, handIn }) => {
          await write('expected/all', 'a');
          await handIn();
        },
    });
    await host.start();
    const isTrial = () => host.events.some((e) => e.type === 'verify.started' && e.trial);
    for (let waited = 0; !isTrial() && waited < 300_000; waited += 1_000) await clock.advance(1_000);
    assert.ok(isTrial());
    assert.equal(workspace.placeOf(1).get('expected/all'), 'b');
    await host.engine.runs.stop();
    await clock.advance(10_000);
    assert.deepEqual(workspace.writes, []);
    assert.notEqual(host.statusOf(1), 'passing');
    assert.deepEqual(host.bugs, []);
  });

  it('goes again where somebody saves what was put back, and keeps both', async () => {
    const workspace = new MemoryIsolation();
    let saves = 0;
    const { host } = await scene(
      async ({ write }) => {
        await write('expected/all', 'a\nb\nc\nd\ng');
      },
      {
        workspace,
        files: { 'expected/all': 'a\nb\nc\nd\ne', code: 'abcdefg\n' },
        check: (run, at, slot) => {
          const isTrial = at.placeOf(slot).get('expected/all')?.endsWith('e');
          if (isTrial && saves++ === 0) workspace.put('expected/all', 'f\nb\nc\nd\ne');
          return check(run, at, slot);
        },
      },
    );
    assert.equal(host.statusOf(1), 'passing');
    assert.equal(workspace.files.get('expected/all'), 'f\nb\nc\nd\ng');
    assert.deepEqual(checks(host), ['check true', 'trial true', 'check true', 'trial true']);
  });
});
