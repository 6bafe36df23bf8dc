// Lockfiles that came into the workspace tell what the user's own packages want.
import { strict as assert } from 'node:assert';
import type { Event } from '../../../src/core/events/event';
import { outdatedBy } from '../../../src/core/events/outdatedPackages';

const published = (...paths: readonly string[]) =>
  paths.map((path, k): Event => {
    const moment = { seq: k + 1, at: 0, elapsedMs: 0 };
    const attempt = { slot: 1, featureId: 1, attempt: 1, fence: 1 };
    return { type: 'file.published', path, before: null, after: 'x', ...attempt, ...moment };
  });

describe('outdatedBy', () => {
  it('names the lockfiles with what installs them, each once', () => {
    const events = published('a.js', 'package-lock.json', 'py/uv.lock', 'package-lock.json');
    assert.deepEqual(outdatedBy(events, {}), {
      paths: ['package-lock.json', 'py/uv.lock'],
      commands: ['npm install', "cd 'py' && uv sync"],
    });
  });

  it('names the user’s own command instead, where there is one', () =>
    assert.deepEqual(outdatedBy(published('yarn.lock'), { copySetUp: 'make deps' })?.commands, [
      'make deps',
    ]));

  it('finds nothing where no lockfile came in', () => {
    assert.equal(outdatedBy(published('a.js', 'node_modules/x/package-lock.json'), {}), undefined);
    const changed = published('package-lock.json').map((e) => ({ ...e, type: 'file.changed' }) as Event);
    assert.equal(outdatedBy(changed, {}), undefined, 'it is in a copy only');
  });
});
