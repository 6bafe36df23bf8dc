// What the editor is given to draw: the tree's items, the badges of claimed files, and when each is to be drawn anew.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { projectAll } from '../../src/core/events/project';
import { emptySnapshot } from '../../src/core/events/snapshot';
import { ClaimDecorations } from '../../src/vscode/claimDecorations';
import { commandIds } from '../../src/vscode/contributions';
import { FeatureTree, type TreeElement } from '../../src/vscode/featureTreeView';
import { WorkspaceSession } from '../../src/vscode/workspaceSession';
import { specOf } from '../support/history';
import { busyShop, claim, example, finish, loaded, passed, progress, run } from './scenes';
import { ScriptedSession } from './scriptedSession';

describe('the tree in the sidebar', () => {
  it('gives groups with counts, and features with icons and tooltips', () => {
    const tree = new FeatureTree();
    tree.show(busyShop().snapshot);
    const pictured = tree.getChildren().map((group) => {
      const { label, description } = tree.getTreeItem(group);
      return [
        `${label} ${description}`,
        ...tree.getChildren(group).map((feature) => tree.getTreeItem(feature).label),
      ];
    });
    assert.deepEqual(pictured.slice(0, 3), [
      ['Needs your check 1', 'User profile'],
      ['Working 2', 'Product catalogue', 'Shopping cart'],
      ['Failed 1', 'Newsletter'],
    ]);
    const [group] = tree.getChildren();
    const [feature] = tree.getChildren(group);
    assert.ok(feature);
    const item = tree.getTreeItem(feature);
    assert.ok(item.iconPath instanceof vscode.ThemeIcon && item.iconPath.id === 'question');
    assert.equal(item.contextValue, 'feature.unconfirmed');
    assert.equal(typeof item.tooltip, 'string');
    assert.equal(item.command?.command, commandIds.openFeature);
    tree.dispose();
  });

  it('ends a large group with a line that shows more of it', () => {
    const tree = new FeatureTree();
    tree.show(loaded(...Array.from({ length: 1_200 }, (_, k) => specOf(`F${k}`))).snapshot);
    const drawn: (TreeElement[] | undefined)[] = [];
    tree.onDidChangeTreeData((elements) => drawn.push(elements));
    const [pending] = tree.getChildren();
    for (const [label, shown] of [
      ['Show 500 More…', 501],
      ['Show 200 More…', 1_001],
    ] as const) {
      const children = tree.getChildren(pending);
      assert.equal(children.length, shown);
      const more = tree.getTreeItem(children.at(-1) as TreeElement);
      assert.deepEqual([more.label, more.command?.command], [label, commandIds.showMore]);
      tree.showMore(more.command?.arguments?.[0]);
    }
    assert.equal(tree.getChildren(pending).length, 1_200);
    assert.deepEqual(drawn, [[pending], [pending]]);
    tree.dispose();
  });

  it('is drawn anew as a whole only when a feature changes its group', () => {
    const tree = new FeatureTree();
    const drawn: string[] = [];
    const named = (element: TreeElement) => (element.kind === 'feature' ? `${element.id}` : element.key);
    tree.onDidChangeTreeData((elements) => drawn.push(elements?.map(named).join() ?? 'all'));
    const history = example();
    let snapshot = emptySnapshot;
    const show = () => {
      snapshot = projectAll(snapshot, history.events.slice(snapshot.seq)); // as a session does: what stays is the same value
      tree.show(snapshot);
      for (const group of tree.getChildren()) tree.getChildren(group);
    };
    show();
    run(history);
    show();
    const attempt = claim(history, 1, 2);
    show();
    progress(history, attempt, 'thinking');
    show();
    finish(history, attempt, passed(2));
    show();
    assert.deepEqual(drawn, ['all', 'all', '2', 'all']);
    tree.dispose();
  });

  it('draws a feature anew when the file it waits for is taken or free', () => {
    const tree = new FeatureTree();
    const history = loaded(specOf('a', { files: ['x.ts'] }), specOf('b', { files: ['x.ts'] }), specOf('c'));
    run(history);
    let snapshot = emptySnapshot;
    const show = () => {
      snapshot = projectAll(snapshot, history.events.slice(snapshot.seq));
      tree.show(snapshot);
    };
    show();
    const elements = tree.getChildren().flatMap((group) => tree.getChildren(group));
    const waiting = elements.find((element) => element.kind === 'feature' && element.id === 2);
    assert.ok(waiting);
    assert.equal(tree.getTreeItem(waiting).description, '');
    claim(history, 1, 1);
    show();
    assert.equal(tree.getTreeItem(waiting).description, 'waits for x.ts, held by agent 1 (feature 1)');
    for (const group of tree.getChildren()) tree.getChildren(group);
    const drawn: string[] = [];
    tree.onDidChangeTreeData((ones) =>
      drawn.push(ones?.map((o) => (o.kind === 'feature' ? o.id : o.key)).join() ?? 'all'),
    );
    history.record([{ type: 'lock.released', path: 'x.ts', slot: 1, featureId: 1, attempt: 1, fence: 1 }]);
    show();
    assert.deepEqual(drawn, ['2']);
    assert.equal(tree.getTreeItem(waiting).description, '');
    tree.dispose();
  });

  it('gives the same object for the same feature, by which the editor knows it again', () => {
    const tree = new FeatureTree();
    tree.show(example().snapshot);
    const [group] = tree.getChildren();
    assert.deepEqual(
      tree.getChildren(group).map((element, at) => element === tree.getChildren(group)[at]),
      Array(5).fill(true),
    );
    tree.dispose();
  });
});

describe('the marks on claimed files', () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the suite needs a folder');
  const file = vscode.Uri.joinPath(folder.uri, 'src', 'login.ts');
  let session: ScriptedSession;
  let workspace: WorkspaceSession;
  let decorations: ClaimDecorations;
  const changed: string[] = [];

  before(async () => {
    session = new ScriptedSession(folder.uri.fsPath, loaded(specOf('Log in', { files: ['src/login.ts'] })));
    workspace = new WorkspaceSession(folder, async () => ({ kind: 'session', session, told: [] }));
    const anyChanged = new vscode.EventEmitter<WorkspaceSession>();
    workspace.onDidChange(() => anyChanged.fire(workspace));
    decorations = new ClaimDecorations({ all: [workspace], onDidChangeAny: anyChanged.event });
    decorations.onDidChangeFileDecorations((uris) =>
      changed.push(uris?.map(({ path }) => path).join() ?? 'all'),
    );
    await workspace.open();
  });

  after(async () => {
    decorations.dispose();
    await workspace.dispose();
  });

  it('come with the claim: badge, colour, tooltip', () => {
    assert.equal(decorations.provideFileDecoration(file), undefined);
    session.tell((history) => {
      run(history);
      claim(history, 2, 1);
    });
    const decoration = decorations.provideFileDecoration(file);
    assert.equal(decoration?.badge, 'A2');
    assert.equal(decoration.tooltip, 'Agent 2 holds this file for "Log in"');
    assert.ok(decoration.color instanceof vscode.ThemeColor);
    assert.equal(decoration.propagate, true);
    assert.deepEqual(changed.splice(0), [file.path]);
  });

  it('are not on other files', () => {
    assert.equal(
      decorations.provideFileDecoration(vscode.Uri.joinPath(folder.uri, 'src', 'other.ts')),
      undefined,
    );
    assert.equal(decorations.provideFileDecoration(vscode.Uri.file('/src/login.ts')), undefined);
    assert.equal(decorations.provideFileDecoration(file.with({ scheme: 'git' })), undefined);
  });

  it('stay as they are while something else happens', () => {
    session.tell((history) => {
      const { slot, featureId, attempt, fence } = history.snapshot.agents[2] ?? assert.fail('no agent');
      progress(history, { slot, featureId, attempt, fence }, 'thinking');
    });
    assert.deepEqual(changed, []);
  });

  it('go with the release', () => {
    session.tell((history) => {
      const { slot, featureId, attempt, fence } = history.snapshot.agents[2] ?? assert.fail('no agent');
      finish(history, { slot, featureId, attempt, fence }, passed(1));
    });
    assert.equal(decorations.provideFileDecoration(file), undefined);
    assert.deepEqual(changed.splice(0), [file.path]);
  });
});
