// The names in a feature's "resources": what of them is the same name, and what is no name.
import { scopeKey } from '../locks/lockScope';
import { eachInSteps, type Steps } from '../shared/steps';
import { kindOf, type Say, shown } from './backlogProblem';
import type { FeatureSpec } from './feature';
import { canonicalName, differenceBetween, lookOf } from './featureName';

const mostResources = 100;
const maxName = 200;

/** One for all: most features have none. */
const none: readonly string[] = [];

/** The names in their canonical form, each once; letter case and the number of spaces make no other name. */
export function parseResources(value: unknown, at: number, say: Say): readonly string[] {
  if (value === undefined) return none;
  if (!Array.isArray(value)) {
    say(
      [at, 'resources'],
      `"resources" must be a list of names, such as ["port 3000"], not ${kindOf(value)}.`,
    );
    return none;
  }
  if (value.length > mostResources) {
    say(
      [at, 'resources'],
      `"resources" has ${value.length} names; the most is ${mostResources}. Give one name to what is always used together.`,
    );
    return none;
  }
  const byKey = new Map<string, string>();
  value.forEach((entry: unknown, k) => {
    const path = [at, 'resources', k];
    if (typeof entry !== 'string') say(path, `A resource must be a name, not ${kindOf(entry)}.`);
    else if (entry.length > maxName)
      say(path, `The name of a resource has ${entry.length} characters; the most is ${maxName}.`);
    else if (lookOf(entry) === '')
      say(path, 'The name of a resource must not be empty; take it out, or name what only one can use.');
    else {
      const resource = canonicalName(entry).replace(/\s+/gu, ' ').trim();
      const key = scopeKey({ resource });
      if (!byKey.has(key)) byKey.set(key, resource);
    }
  });
  return [...byKey.values()];
}

/** Two names that nobody could tell apart would be two locks on one thing: said where the second stands. */
export function* tellResourcesApart(specs: readonly (FeatureSpec | undefined)[], say: Say): Steps<void> {
  const byLook = new Map<string, string>();
  yield* eachInSteps(specs, (spec, at) => {
    for (const name of spec?.resources ?? none) {
      const look = lookOf(name).toUpperCase();
      const first = byLook.get(look);
      if (first === undefined) byLook.set(look, name);
      else if (scopeKey({ resource: first }) !== scopeKey({ resource: name }))
        say(
          [at, 'resources'],
          `"${shown(name)}" looks like the resource "${shown(first)}" of another feature, but has ${differenceBetween(name, first)}; write both the same.`,
        );
    }
  });
}
