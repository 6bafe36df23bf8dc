// A script of the offline model whose calls could not be run is refused before it is played.
import { strict as assert } from 'node:assert';
import { defaultLimits } from '../../src/core/settings/runSettings';
import type { RunTurn } from '../../src/hub/modelTurns';
import type { Assignment, OfflineTurn } from '../../src/ports/coordinator';
import { Failure } from '../../src/ports/failure';
import { chooseProvider } from '../../src/worker/chooseProvider';
import { SimulatedClock } from '../doubles/simulatedClock';

async function firstWordOf(turns: readonly OfflineTurn[]): Promise<string> {
  const assignment: Assignment = {
    slot: 1,
    featureId: 1,
    attempt: 1,
    fence: 1,
    name: 'a',
    description: '',
    category: 'other',
    experts: { roles: [], checklists: [] },
    declaredFiles: [],
    allowedCommands: [],
    secretFiles: [],
    model: 'offline',
    limits: defaultLimits,
    copyDir: '/copy',
    reattachGraceMs: 1,
    tag: 't',
    offline: { ok: true, turns },
  };
  const request = { system: '', tools: [], messages: [], maxOutputTokens: 1 } as const;
  const nobody: RunTurn = () => assert.fail('the hub is asked for no script');
  const provider = await chooseProvider(assignment, new SimulatedClock(), nobody);
  try {
    for await (const event of provider.runTurn(request, new AbortController().signal)) return event.type;
    return 'nothing';
  } catch (error) {
    return Failure.is(error, 'refused') ? error.message : String(error);
  }
}

describe('chooseProvider', () => {
  const finish = { tool: 'finish', input: { summary: 's' } };

  it('plays a script whose calls can be run', async () => {
    assert.equal(await firstWordOf([finish]), 'turn');
  });

  it('refuses one with a call that cannot, at its place and with the mend', async () => {
    const wrong = { tool: 'write_file', input: { path: 'a', text: 'b' }, place: 'offline-script.json:3:7' };
    const words = await firstWordOf([wrong, { tool: 'write', place: 'offline-script.json:4:7' }, finish]);
    const [input, name] = words.split('\n');
    assert.match(
      input ?? '',
      /^offline-script\.json:3:7: .*there is no "text"; the fields are path, content/,
    );
    assert.match(
      name ?? '',
      /^offline-script\.json:4:7: There is no tool "write"\. The tools are: read_file,/,
    );
  });
});
