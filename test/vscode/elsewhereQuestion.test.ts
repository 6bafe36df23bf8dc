// The question about records that were made elsewhere: asked once for each folder, and nothing done without an answer.
import { strict as assert } from 'node:assert';
import { EventEmitter } from 'node:events';
import { type Answer, askElsewhere, ElsewhereQuestion } from '../../src/vscode/elsewhereQuestion';
import type { Phase, WorkspaceSession } from '../../src/vscode/workspaceSession';

type Asked = Pick<WorkspaceSession, 'folder' | 'phase'>;

function folderIn(phase: Phase): WorkspaceSession {
  const session: Asked = { folder: { name: 'shop' } as WorkspaceSession['folder'], phase };
  return session as WorkspaceSession;
}

function answering(answer: string | undefined) {
  const asked: string[][] = [];
  const window = {
    showWarningMessage: async (...words: string[]) => {
      asked.push(words);
      return answer;
    },
  };
  return { asked, window };
}

describe('the question about records made elsewhere', () => {
  const answers: readonly [button: string | undefined, meant: Answer | undefined][] = [
    ['Start Over', 'startOver'],
    ['Go On with My Settings', 'goOn'],
    [undefined, undefined],
  ];
  for (const [button, meant] of answers) {
    it(`takes ${button ?? 'its being closed'} for ${meant ?? 'no answer'}`, async () => {
      const { asked, window } = answering(button);
      assert.equal(await askElsewhere(folderIn('elsewhere'), window), meant);
      assert.deepEqual(asked[0]?.slice(1), ['Start Over', 'Go On with My Settings']);
      assert.match(asked[0]?.[0] ?? '', /^Parallel Agents: shop: .*made elsewhere: by another user/);
    });
  }

  it('is asked once for a folder, and only for one of that kind', async () => {
    const changes = new EventEmitter();
    const workspaces = {
      onDidChangeAny: (listener: (workspace: WorkspaceSession) => void) => {
        changes.on('change', listener);
        return { dispose: () => void changes.off('change', listener) };
      },
    };
    const { asked, window } = answering('Go On with My Settings');
    const decided: [WorkspaceSession, Answer][] = [];
    const done = new Promise<void>((resolve) => {
      const question = new ElsewhereQuestion(workspaces, window, async (...decision) => {
        decided.push(decision);
        question.dispose();
        resolve();
      });
    });
    const strange = folderIn('elsewhere');
    for (const workspace of [folderIn('loaded'), strange, strange]) changes.emit('change', workspace);
    await done;
    assert.equal(changes.listenerCount('change'), 0);
    assert.equal(asked.length, 1);
    assert.deepEqual(decided, [[strange, 'goOn']]);
  });
});
