// Trees deeper than any path the system takes: passed over in the workspace and named, no agent's to bring over, and removed.
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTree } from '../../../src/adapters/files/removeTree';
import { ArtifactStore } from '../../../src/adapters/isolation/artifacts';
import { findSurvey } from '../../../src/adapters/isolation/findSurvey';
import { walkSurvey } from '../../../src/adapters/isolation/survey';
import { surveyTree } from '../../../src/adapters/isolation/surveyTree';
import { describeUnread, unreadOf } from '../../../src/core/shared/unread';
import { deepName, makeDeepTree, removeDeepTree } from '../../support/deepTree';
import { tempFolder } from '../files/tempWorkspace';
import { type TempPlaces, tempPlaces } from './tempPlaces';

const slot = 1;
const tree = { 'a.ts': 'a', 'src/b.ts': 'b' };

describe('a tree deeper than any path', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  const deep: string[] = [];
  afterEach(() => {
    for (const folder of deep.splice(0)) removeDeepTree(folder);
  });
  const makeDeep = (folder: string) => {
    deep.push(path.join(folder, deepName));
    makeDeepTree(folder);
  };
  const put = ({ places }: TempPlaces, name: string, text: string) =>
    writeFileSync(path.join(places.folderOf(slot), name), text);

  it('is surveyed as far as it can be named, and the rest told once, by whatever looks', async () => {
    const root = tempFolder();
    mkdirSync(path.join(root, 'x'));
    writeFileSync(path.join(root, 'z'), '');
    makeDeep(path.join(root, 'x'));
    const surveyed = [];
    for (const survey of [findSurvey, walkSurvey]) {
      const tooLong: string[] = [];
      const options = { isLeftOut: () => false, unread: (at: string) => assert.fail(at) };
      const found = await survey(root, { ...options, tooLong: (at) => tooLong.push(at), room: 3_000 });
      assert.equal(tooLong.length, 1);
      assert.ok(found?.has('z') && Number(tooLong[0]?.length) > 3_000);
      assert.ok([...(found?.keys() ?? [])].every((at) => at.length <= 3_000));
      surveyed.push([[...(found?.keys() ?? [])].sort(), tooLong]);
    }
    assert.deepEqual(surveyed[0], surveyed[1]);
  });

  it('is surveyed down to its last file where all of it can be named', async () => {
    const root = tempFolder();
    const last = [...Array.from({ length: 300 }, () => 'x'), 'last'].join('/');
    mkdirSync(path.join(root, path.dirname(last)), { recursive: true });
    writeFileSync(path.join(root, last), '');
    const found = await surveyTree(root, { isLeftOut: () => false, unread: (at) => assert.fail(at) });
    assert.deepEqual([...found.keys()].at(-1), last);
  });

  it('does not keep a workspace that has one from being copied, and is named by its beginning', async () => {
    const given = await tempPlaces(tree);
    const { workspace, places } = given;
    makeDeep(path.join(workspace.root, 'src'));
    for (const each of [places, given.reopen()]) {
      const { unread } = await each.prepare(slot);
      assert.equal(unread.length, 1);
      const words = describeUnread(unreadOf(unread) ?? assert.fail());
      assert.match(words, /src\/abcdefghijklmnopqrst\/.*… \(a path of 3\d{3} characters\)$/);
      assert.ok(words.length < 500);
      const folder = each.folderOf(slot);
      assert.equal(readFileSync(path.join(folder, 'src/b.ts'), 'utf8'), 'b');
      assert.deepEqual(await each.changes(slot), []);
      assert.deepEqual((await each.bringUpToDate(slot)).taken, []);
    }
  });

  it('that a command made is told and put back, and what else it did stays', async () => {
    const given = await tempPlaces(tree);
    const { places } = given;
    await places.prepare(slot);
    const folder = places.folderOf(slot);
    put(given, 'new.ts', 'new');
    makeDeep(folder);
    writeFileSync(path.join(folder, deepName, 'near.ts'), 'near');
    const changes = await places.changes(slot);
    const dropped = changes.filter(({ why }) => why !== undefined);
    assert.deepEqual(
      dropped.map(({ why }) => why),
      ['Its path is too long; nothing that lies so deep is brought over.'],
    );
    await places.putBack(
      slot,
      dropped.map(({ path: at }) => at),
    );
    const left = await places.changes(slot);
    assert.deepEqual(
      left.map(({ path: at, why }) => [at, why]),
      [
        [`${deepName}/near.ts`, undefined],
        ['new.ts', undefined],
      ],
    );
    assert.equal(existsSync(path.join(folder, dropped[0]?.path ?? '')), false);
  });

  it('of an earlier attempt is not left in the place', async () => {
    const given = await tempPlaces(tree);
    const { places } = given;
    await places.prepare(slot);
    for (const each of [places, given.reopen()]) {
      makeDeep(each.folderOf(slot));
      assert.deepEqual((await each.prepare(slot)).unread, []);
      assert.deepEqual(readdirSync(each.folderOf(slot)).sort(), ['a.ts', 'src']);
    }
  });

  it('goes with all copies of a workspace', async () => {
    const { places, dir } = await tempPlaces(tree);
    await places.prepare(slot);
    makeDeep(places.folderOf(slot));
    await removeTree(dir);
    assert.ok(!existsSync(dir));
  });

  it('that a command left for people is left out and counted', async () => {
    const from = path.join(tempFolder(), 'left');
    mkdirSync(from);
    writeFileSync(path.join(from, 'report'), 'r');
    makeDeep(from);
    const kept = await new ArtifactStore(tempFolder(), (text) => text).take(from, '1-1-1');
    assert.deepEqual(kept?.files, [{ path: 'report', bytes: 1 }]);
    assert.equal(kept?.leftOut, 1);
    assert.equal(existsSync(from), false);
  });
});
