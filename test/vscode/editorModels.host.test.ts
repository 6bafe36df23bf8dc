// What is offered of the editor's models, in a real editor: after a click, and without one.
import { strict as assert } from 'node:assert';
import type { ModelOffer } from '../../src/client/modelOffer';
import { knownProviders } from '../../src/core/models/providers';
import { type MayAsk, offerAgain, offerFromClick } from '../../src/vscode/editorModels';
import { createFakeEditorModel } from './fakeEditorModel';
import { example, run } from './scenes';
import { ScriptedSession } from './scriptedSession';

describe('models of the editor', () => {
  const { model } = createFakeEditorModel();
  const find = async () => new Map([['vscode/big', model]]);
  const may = (answer: boolean | undefined): MayAsk => ({ canSendRequest: () => answer });
  const access = { providers: knownProviders };

  for (const [isAllowed, how] of [
    [true, 'are offered with a click, and none is asked where that was allowed'],
    [undefined, 'are offered with a click, and one of those meant is asked where nobody has allowed it yet'],
    [false, 'are offered with a click, and one of those meant is asked where that was refused before'],
  ] as const)
    it(how, async () => {
      const session = new ScriptedSession('/w');
      const answer = await offerFromClick(session, ['vscode/small', 'vscode/big'], may(isAllowed), find);
      assert.ok(answer.ok);
      const asked = isAllowed ? [] : ['tryModel vscode/big'];
      assert.deepEqual(session.asked, ['offerModels vscode/big', ...asked]);
    });

  it('say so where the editor has none', async () => {
    const session = new ScriptedSession('/w');
    const answer = await offerFromClick(session, ['vscode/big'], may(true));
    assert.match(answer.ok ? '' : answer.error.message, /^This editor offers no models to extensions\./);
    assert.deepEqual(session.asked, []);
  });

  it('are offered without a click where one is meant and may be asked, and only then', async () => {
    const offeredTo = async (model: 'vscode/big' | 'haiku', isAllowed: boolean | undefined) => {
      const history = example();
      run(history, { model });
      const session = new ScriptedSession('/w', history);
      await offerAgain(session, may(isAllowed), access, find);
      return session.asked;
    };
    assert.deepEqual(await offeredTo('vscode/big', true), ['offerModels vscode/big']);
    assert.deepEqual(await offeredTo('vscode/big', undefined), []);
    assert.deepEqual(await offeredTo('haiku', true), []);
  });

  it('answer with what the editor has when they are asked', async () => {
    const offers: ModelOffer[] = [];
    const session = new ScriptedSession('/w');
    session.offerModels = async (offer) => void offers.push(offer);
    let isThere = true;
    await offerFromClick(session, ['vscode/big'], may(true), async () => (isThere ? find() : new Map()));
    assert.deepEqual(offers[0]?.models, [{ name: 'vscode/big', contextTokens: 8000 }]);
    isThere = false;
    const request = { system: '', tools: [], messages: [], maxOutputTokens: 1 };
    const turn = offers[0]?.run('vscode/big', request, new AbortController().signal) ?? assert.fail();
    await assert.rejects(async () => {
      for await (const _ of turn) assert.fail('it is not there');
    }, /"vscode\/big" is not there any more/);
  });
});
