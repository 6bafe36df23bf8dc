// The changes of a feature in a real editor: a diff to read, brought forward when it is asked for again.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { ok, refuse } from '../../src/core/shared/result';
import { ChangesDocuments } from '../../src/vscode/changesDocuments';
import { changesScheme } from '../../src/vscode/contributions';
import { specOf } from '../support/history';
import { loaded } from './scenes';
import { ScriptedSession } from './scriptedSession';
import { until } from './until';

describe('the changes of a feature', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite needs a folder');
  const session = new ScriptedSession(folder.uri.fsPath, loaded(specOf('Log in')));
  const workspace = { folder, open: async () => session };
  let changes: ChangesDocuments;
  const shown = () => vscode.window.activeTextEditor?.document;

  before(() => {
    changes = new ChangesDocuments({ all: [workspace] });
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    changes.dispose();
  });

  it('open as a diff that nobody can write, in one document for each feature', async () => {
    session.nextDiff = ok('diff --git a/a b/a\n');
    assert.deepEqual(await changes.show(workspace, 1), ok({}));
    const document = shown();
    assert.ok(document);
    assert.deepEqual(
      [document.uri.scheme, document.languageId, document.getText()],
      [changesScheme, 'diff', 'diff --git a/a b/a\n'],
    );
    assert.equal(await vscode.workspace.fs.isWritableFileSystem(changesScheme), undefined);
    session.nextDiff = ok('diff --git a/b b/b\n');
    await changes.show(workspace, 1);
    assert.equal(shown(), document);
    await until(
      vscode.workspace.onDidChangeTextDocument,
      () => document.getText() === 'diff --git a/b b/b\n',
    );
  });

  it('are not opened where there are none, and the refusal is told', async () => {
    const before = shown();
    session.nextDiff = refuse('badInput', 'Nothing was changed for feature 2.');
    assert.deepEqual(await changes.show(workspace, 2), session.nextDiff);
    assert.equal(shown(), before);
  });

  it('are asked for again where the editor has kept only their address', async () => {
    const uri = shown()?.uri;
    assert.ok(uri);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const again = new ChangesDocuments({ all: [workspace] });
    session.nextDiff = refuse('badTransition', 'It is passing.');
    assert.equal(await again.provideTextDocumentContent(uri), '# It is passing.\n');
    assert.equal(await again.provideTextDocumentContent(uri.with({ query: 'folder=x&feature=1' })), '');
    again.dispose();
  });
});
