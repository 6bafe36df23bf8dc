// Which model a run speaks to, for every combination of wish, key and script.
import { strict as assert } from 'node:assert';
import { chooseModel, modelNote } from '../../src/vscode/modelChoice';

const key = 'a key';
const table = [
  { model: undefined, apiKey: key, hasOfflineScript: false, gives: 'each', note: 'Anthropic' },
  { model: undefined, apiKey: key, hasOfflineScript: true, gives: 'each', note: 'Anthropic' },
  { model: 'opus', apiKey: key, hasOfflineScript: true, gives: 'opus', note: 'Anthropic opus' },
  { model: undefined, apiKey: undefined, hasOfflineScript: true, gives: 'offline', note: /^Offline model/ },
  { model: 'offline', apiKey: key, hasOfflineScript: false, gives: 'offline', note: /^Offline model/ },
  { model: 'offline', apiKey: undefined, hasOfflineScript: false, gives: 'offline', note: /^Offline model/ },
  { model: undefined, apiKey: undefined, hasOfflineScript: false, gives: 'refused', note: 'No API key yet' },
  // A named model is never quietly replaced by a script.
  { model: 'haiku', apiKey: undefined, hasOfflineScript: true, gives: 'refused', note: 'No API key yet' },
] as const;

describe('the choice of a model', () => {
  for (const { gives, note, ...facts } of table) {
    const { model, apiKey, hasOfflineScript } = facts;
    const given = [model ?? 'no wish', apiKey ?? 'no key', hasOfflineScript ? 'a script' : 'no script'];
    it(`is ${gives} with ${given.join(', ')}`, () => {
      const choice = chooseModel(facts);
      assert.equal(choice.ok ? (choice.value.model ?? 'each') : 'refused', gives);
      if (choice.ok) assert.equal(choice.value.offline, gives === 'offline');
      else assert.match(choice.error.message, /Set one, or put an offline-script\.json/);
      if (typeof note === 'string') assert.equal(modelNote(facts), note);
      else assert.match(modelNote(facts), note);
    });
  }
});
