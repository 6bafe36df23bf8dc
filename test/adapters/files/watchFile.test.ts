// Every way in which a file changes under an editor's or a program's hands is told; a change of its neighbours is not.
import { strict as assert } from 'node:assert';
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { watchFile } from '../../../src/adapters/files/watchFile';

describe('watchFile', () => {
  let dir: string;
  let stop = () => {};
  let calls = 0;
  let heard: (() => void) | undefined;
  const at = (name: string) => path.join(dir, name);

  beforeEach(() => {
    dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'watch-')));
    calls = 0;
  });
  afterEach(() => {
    stop();
    rmSync(dir, { recursive: true, force: true });
  });

  function begin(name = 'a.json'): void {
    stop = watchFile(at(name), () => {
      calls++;
      heard?.();
    });
  }
  /** Resolves with the next telling after `act`. */
  function tells(act: () => void): Promise<void> {
    return new Promise((resolve) => {
      heard = resolve;
      act();
    });
  }

  it('tells of a file that appears, is written, is replaced by a rename, and is taken away', async () => {
    begin();
    await tells(() => writeFileSync(at('a.json'), '1'));
    await tells(() => writeFileSync(at('a.json'), '2'));
    writeFileSync(at('a.json.tmp'), '3');
    await tells(() => renameSync(at('a.json.tmp'), at('a.json')));
    await tells(() => unlinkSync(at('a.json')));
    await tells(() => writeFileSync(at('a.json'), '4'));
  });

  it('tells of what a link leads to, also after it was made to lead elsewhere', async () => {
    mkdirSync(at('one'));
    mkdirSync(at('two'));
    for (const place of ['one', 'two']) writeFileSync(at(`${place}/real.json`), place);
    symlinkSync('one/real.json', at('a.json'));
    begin();
    // What the link leads to is found out beside everything else; from its first telling on it is followed.
    const again = setInterval(() => writeFileSync(at('one/real.json'), '1'), 20);
    await tells(() => {});
    clearInterval(again);
    await tells(() => {
      unlinkSync(at('a.json'));
      symlinkSync('two/real.json', at('a.json'));
    });
    const later = setInterval(() => writeFileSync(at('two/real.json'), '2'), 20);
    for (let more = 0; more < 6; more++) await tells(() => {}); // the link itself is worth two of them
    clearInterval(later);
  });

  it('tells of a file whose folder is taken away and put back', async () => {
    mkdirSync(at('plans'));
    writeFileSync(at('plans/a.json'), '1');
    begin('plans/a.json');
    await tells(() => rmSync(at('plans'), { recursive: true }));
    mkdirSync(at('plans'));
    let k = 0;
    const writing = setInterval(() => writeFileSync(at('plans/a.json'), '2'.repeat(++k)), 20);
    for (let more = 0; more < 6; more++) await tells(() => {}); // taking it away is worth some of them
    clearInterval(writing);
  });

  it('tells nothing of files beside it, and nothing any more once it was stopped', async () => {
    begin();
    /** Resolves when the system has told of everything so far. */
    const settled = () =>
      new Promise<void>((resolve) => {
        const witness = watch(dir, (_, name) => {
          if (name !== 'last') return;
          witness.close();
          setImmediate(resolve);
        });
        writeFileSync(at('last'), '');
      });
    for (let k = 0; k < 50; k++) writeFileSync(at(`b${k}.json`), '');
    writeFileSync(at('a.json'), '1');
    await settled();
    assert.ok(calls > 0 && calls < 10, `${calls} tellings`);
    stop();
    const before = calls;
    rmSync(at('last'));
    writeFileSync(at('a.json'), '2');
    await settled();
    assert.equal(calls, before);
  });
});
