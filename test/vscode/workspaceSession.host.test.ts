// A folder's link to its host, in a real editor: when it is joined, and how it follows the folder's files.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { damaged } from '../../src/adapters/store/damaged';
import { Failure } from '../../src/ports/failure';
import { backlogOf } from '../../src/vscode/surroundings';
import { WorkspaceSession } from '../../src/vscode/workspaceSession';
import { example, run } from './scenes';
import { ScriptedSession } from './scriptedSession';
import { until } from './until';

describe('the link of a folder to its host', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite needs a folder');
  const backlog = vscode.Uri.joinPath(folder.uri, 'features.json');
  let workspace: WorkspaceSession;
  let session: ScriptedSession;
  let joins = 0;

  beforeEach(() => {
    joins = 0;
    session = new ScriptedSession(folder.uri.fsPath, example());
    workspace = new WorkspaceSession(folder, async () => {
      joins++;
      return { kind: 'session', session, told: [] };
    });
  });

  afterEach(async () => {
    await workspace.dispose();
    await vscode.workspace.fs.delete(backlog).then(undefined, () => undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is not made where there is nothing to show', async () => {
    await workspace.look();
    assert.deepEqual([joins, workspace.phase], [0, 'none']);
  });

  it('is made once, however many ask at the same time', async () => {
    const [one, two] = await Promise.all([workspace.open(), workspace.open()]);
    assert.equal(one, two);
    assert.deepEqual([joins, workspace.phase], [1, 'loaded']);
  });

  it('is made when a backlog appears in a folder that someone looked at', async () => {
    await workspace.look();
    const opened = until(workspace.onDidChange, () => workspace.phase === 'loaded');
    await write('[]');
    await opened;
    assert.equal(joins, 1);
  });

  it('can be started over where the records are damaged, and is shown so', async () => {
    const asked: string[] = [];
    const damagedOnce = new WorkspaceSession(folder, async (_root, elsewhere) => {
      asked.push(elsewhere);
      if (elsewhere === 'ask') throw damaged('the table "agents" is missing in agents.db');
      return { kind: 'session', session, told: [] };
    });
    await assert.rejects(damagedOnce.open(), /damaged/);
    assert.equal(damagedOnce.phase, 'damaged');
    await damagedOnce.decide('startOver');
    assert.equal(damagedOnce.phase, 'loaded');
    assert.deepEqual(asked, ['ask', 'startOver']);
    await damagedOnce.dispose();
  });

  it('can be tried again after a failure', async () => {
    let isBroken = true;
    const failing = new WorkspaceSession(folder, async () => {
      if (isBroken) throw new Error('no host');
      return { kind: 'session', session, told: [] };
    });
    await assert.rejects(failing.open(), /no host/);
    assert.equal(failing.phase, 'failed');
    assert.equal(backlogOf(failing), 'none');
    isBroken = false;
    await failing.open();
    assert.equal(failing.phase, 'loaded');
    await failing.dispose();
  });

  it('is given up while something else needs the folder, and whoever asks meanwhile has the next one', async () => {
    const before = await workspace.open();
    let isDone = false;
    const apart = workspace.apart(async () => {
      assert.deepEqual([session.isClosed, joins], [true, 1]);
      session = new ScriptedSession(folder.uri.fsPath, example());
      await new Promise((resolve) => setImmediate(resolve));
      isDone = true;
      return 'done';
    });
    const next = await workspace.open();
    assert.ok(isDone && next !== before);
    assert.equal(await apart, 'done');
    assert.deepEqual([joins, workspace.phase], [2, 'loaded']);
    await assert.rejects(
      workspace.apart(() => Promise.reject(new Error('no'))),
      /no/,
    );
    await workspace.open();
    assert.equal(joins, 3);
  });

  it('is kept while a run is under way, whatever needs the folder', async () => {
    run(session.history);
    const before = await workspace.open();
    assert.equal(await workspace.apart(async () => session.isClosed), false);
    assert.equal(await workspace.open(), before);
  });

  it('only shows records made elsewhere, without a run to pause, until the user says what to do with them', async () => {
    await write('[]');
    const history = example();
    run(history);
    const asked: string[] = [];
    const strange = new WorkspaceSession(folder, async (_, elsewhere) => {
      asked.push(elsewhere);
      if (elsewhere !== 'ask') return { kind: 'session', session, told: [] };
      return { kind: 'elsewhere', snapshot: history.snapshot };
    });
    await strange.look();
    assert.equal(strange.phase, 'elsewhere');
    assert.equal(strange.isJoined, false);
    assert.equal(backlogOf(strange), 'loaded');
    assert.deepEqual(strange.snapshot.features, history.snapshot.features);
    assert.equal(strange.snapshot.run, null);
    await assert.rejects(strange.open(), /made elsewhere/);
    assert.deepEqual(await strange.decide('goOn'), { hadOpenRun: true });
    assert.deepEqual([strange.phase, strange.isJoined], ['loaded', true]);
    assert.equal(asked.at(-1), 'goOn');
    assert.ok(asked.slice(0, -1).every((word) => word === 'ask'));
    await strange.dispose();
  });

  it('only shows what a newer version has written, and says so, until this one can open it', async () => {
    await write('[]');
    const history = example();
    run(history);
    const because = new Failure('newer', 'A newer version has written it; update to open it.');
    let isUpdated = false;
    const newer = new WorkspaceSession(folder, async () =>
      isUpdated
        ? { kind: 'session', session, told: [] }
        : { kind: 'newer', snapshot: history.snapshot, because },
    );
    await newer.look();
    assert.deepEqual([newer.phase, newer.isJoined], ['failed', false]);
    assert.equal(backlogOf(newer), 'loaded', 'the dashboard shows it');
    assert.equal(newer.trouble?.happened, because.message);
    assert.deepEqual(newer.snapshot.features, history.snapshot.features);
    assert.equal(newer.snapshot.run, null);
    await assert.rejects(newer.open(), because);
    isUpdated = true;
    await newer.open();
    assert.equal(newer.phase, 'loaded');
    assert.deepEqual(newer.snapshot.features, session.snapshot.features);
    await newer.dispose();
  });

  it('is given up whole when the backlog could not even be asked for', async () => {
    session.loadBacklog = async () => {
      throw new Failure('silent', 'No answer');
    };
    await assert.rejects(workspace.open(), /No answer/);
    assert.equal(session.isClosed, true);
    assert.equal(workspace.trouble?.happened, 'No answer.');
  });

  it('tells what stands between, while it does', async () => {
    await workspace.open();
    session.link = { kind: 'silent', owner: { pid: 7, started: '1' } };
    session.reset();
    assert.match(workspace.trouble?.happened ?? '', /^Process 7, owns this folder and does not answer/);
    session.link = { kind: 'connected' };
    session.reset();
    assert.equal(workspace.trouble, undefined);
  });

  it('is closed when it is over, and made anew for whoever asks next', async () => {
    await workspace.open();
    session.link = { kind: 'lost', because: new Failure('removed', 'Taken away.') };
    session.reset();
    assert.deepEqual([workspace.phase, workspace.trouble?.happened], ['failed', 'Taken away.']);
    assert.equal(session.isClosed, true);
    session.link = { kind: 'connected' };
    await workspace.open();
    assert.deepEqual([joins, workspace.phase, workspace.trouble], [2, 'loaded', undefined]);
  });

  it('marks the problems of a backlog at their places, and clears them when they are mended', async () => {
    await write('[ { "nam": 1 } ]');
    const file = 'features.json';
    session.next = { backlog: 'bad', problems: [{ file, line: 1, column: 5, message: 'not a field' }] };
    await workspace.open();
    const marks = () =>
      vscode.languages.getDiagnostics(backlog).filter(({ source }) => source === 'Parallel Agents');
    assert.deepEqual(
      marks().map(({ message, range }) => [message, range.start.line, range.start.character]),
      [['not a field', 0, 4]],
    );
    assert.equal(workspace.phase, 'bad');
    session.next = { backlog: 'loaded', problems: [] };
    const mended = until(workspace.onDidChange, () => workspace.phase === 'loaded');
    await write('[]');
    await mended;
    assert.deepEqual(marks(), []);
  });

  it('says which files have unsaved edits, until they have none, and again to a next host', async () => {
    await write('[]');
    await workspace.open();
    const said = () => session.asked.filter((line) => line.startsWith('humanEditing')).slice(1);
    const document = await vscode.workspace.openTextDocument(backlog);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), ' '));
    assert.deepEqual(said(), ['humanEditing features.json']);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), ' '));
    assert.equal(said().length, 1, 'the same list was said again');
    session.reset();
    assert.deepEqual(said().slice(1), ['humanEditing features.json']);
    await document.save();
    assert.equal(said().at(-1), 'humanEditing ');
  });

  it('tells paths of its own files only', () => {
    const { uri } = folder;
    const cases = [
      [vscode.Uri.joinPath(uri, 'src', 'a.ts'), 'src/a.ts'],
      [vscode.Uri.joinPath(uri, '..', 'a.ts'), undefined],
      [uri, undefined],
      [vscode.Uri.joinPath(uri, '..a'), '..a'],
    ] as const;
    for (const [file, path] of cases) assert.equal(workspace.pathOf(file), path, file.fsPath);
  });

  it('ends its session when it is disposed of, also one that is still being joined', async () => {
    const joining = workspace.open();
    await workspace.dispose();
    await joining;
    assert.equal(session.isClosed, true);
  });

  function write(text: string): Thenable<void> {
    return vscode.workspace.fs.writeFile(backlog, new TextEncoder().encode(text));
  }
});
