// The words about where commands see a copy, and the mend where that is not at the project's own path.
import { strict as assert } from 'node:assert';
import { describeView, type NamespaceRules, type ViewTrial } from '../../../src/core/guardrails/viewTrial';

const refused: ViewTrial = {
  kind: 'refused',
  program: '/usr/bin/bwrap',
  said: 'bwrap: No permissions to create new namespace, likely because …\nmore',
};

const table: readonly (readonly [ViewTrial, NamespaceRules, ...said: readonly RegExp[]])[] = [
  [
    { kind: 'works', program: '/usr/bin/bwrap', ownProcesses: true },
    {},
    /at the project’s own path, by \/usr\/bin\/bwrap\.$/,
  ],
  [{ kind: 'otherSystem' }, {}, /at its own path: only Linux/, /are named when a check fails/],
  [{ kind: 'within' }, {}, /inside of the project’s repository/, /copies\.folder/],
  [{ kind: 'notInstalled' }, {}, /not installed/, /apt install bubblewrap/],
  [
    refused,
    { clone: 0, appArmor: 1, most: 100 },
    /may not make the view \(bwrap: No permissions to create new namespace, likely because …\)/,
    /sysctl -w kernel\.unprivileged_userns_clone=1/,
  ],
  [refused, { clone: 1, most: 0 }, /sysctl -w user\.max_user_namespaces=15000/],
  [
    refused,
    { clone: 1, appArmor: 1, most: 100 },
    /AppArmor.*kernel\.apparmor_restrict_unprivileged_userns=0/,
  ],
  [refused, { clone: 1, appArmor: 0, most: 100 }, /In a container/],
  [{ ...refused, said: '' }, {}, /it does not say why/, /In a container/],
];

describe('describeView', () => {
  for (const [trial, rules, ...said] of table) {
    it(`has words for ${trial.kind} with ${JSON.stringify(rules)}`, () => {
      for (const one of said) assert.match(describeView(trial, true, rules), one);
    });
  }

  it('says only the setting where that is off', () =>
    assert.match(
      describeView(refused, false, { clone: 0 }),
      /own path: parallelAgents\.copies\.samePlace is off\.$/,
    ));
});
