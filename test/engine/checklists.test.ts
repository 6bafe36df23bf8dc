// What attempts are told to look at, and what of it people hear.
import { strict as assert } from 'node:assert';
import { Redactor } from '../../src/core/guardrails/redactor';
import type { Assignment, OwnChecklist } from '../../src/ports/coordinator';
import { doASecond, SimulatedHost, type SimulatedHostOptions } from '../doubles/simulatedHost';

const path = (name: string) => `.parallel-agents/prompts/${name}_prompt.md`;
const whyNot = `${path('coding')} is a link; the built-in checklist is used in its place.`;

async function played(options: Omit<SimulatedHostOptions, 'agents'>) {
  const told: Record<number, Assignment['experts']> = {};
  const host = await SimulatedHost.open({
    ...options,
    agents: ({ featureId, experts }) => {
      told[featureId] = experts;
      return doASecond;
    },
  });
  await host.run();
  return {
    told,
    prompted: host.events.flatMap((e) =>
      e.type === 'agent.prompted' ? [{ path: e.path, whyNot: e.whyNot, featureId: e.featureId }] : [],
    ),
    host,
  };
}

describe('the checklists of an attempt', () => {
  const backlog = [{ name: 'a', category: 'backend' }, { name: 'b', files: ['b.go'] }, { name: 'c' }];

  it('are those of its experts, with what the workspace has in their places, told once for all agents', async () => {
    const ownChecklists = (): OwnChecklist[] => [{ name: 'coding', ok: true, text: '- Ours.' }];
    const { told, prompted } = await played({ backlog, ownChecklists });
    const coding = { name: 'coding', own: '- Ours.' };
    assert.deepEqual(told, {
      1: { roles: ['logic_master', 'architect'], checklists: [coding, { name: 'backend' }] },
      2: { roles: ['logic_master'], checklists: [coding] },
      3: { roles: ['logic_master'], checklists: [coding] },
    });
    assert.deepEqual(prompted, [{ path: path('coding'), whyNot: undefined, featureId: 1 }]);
  });

  it('are the built-in ones where the workspace has one that cannot be had, which is told once', async () => {
    const ownChecklists = (): OwnChecklist[] => [{ name: 'coding', ok: false, why: whyNot }];
    const { told, prompted } = await played({ backlog, ownChecklists });
    assert.deepEqual(told[2], { roles: ['logic_master'], checklists: [{ name: 'coding' }] });
    assert.deepEqual(prompted, [{ path: path('coding'), whyNot, featureId: 1 }]);
  });

  it('are told again once they are others', async () => {
    let asked = 0;
    const ownChecklists = (): OwnChecklist[] => {
      asked += 1;
      return [{ name: 'coding', ok: true, text: asked < 3 ? 'one' : 'two' }];
    };
    const { prompted } = await played({ backlog, ownChecklists, settings: { maxAgents: 1 } });
    assert.deepEqual(
      prompted.map(({ featureId }) => featureId),
      [1, 3],
    );
  });

  it('hold no key', async () => {
    const redactor = new Redactor();
    redactor.add('sk-0123456789abcdef');
    const ownChecklists = (): OwnChecklist[] => [
      { name: 'coding', ok: true, text: 'use sk-0123456789abcdef' },
    ];
    const { told } = await played({ backlog, ownChecklists, redactor });
    assert.equal(told[2]?.checklists[0]?.own, 'use [key]');
  });

  it('come with the reason, in the claim and on the agent', async () => {
    const { host } = await played({ backlog: backlog.slice(0, 1) });
    const why = 'logic_master, architect for category backend';
    const claimed = host.events.find((e) => e.type === 'feature.claimed') ?? assert.fail();
    assert.equal(claimed.expertsWhy, why);
    assert.equal(host.engine.snapshot.agents[1]?.expertsWhy, why);
  });
});
