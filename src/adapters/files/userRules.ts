// What the user's own ignore files leave out of the copies: the one set of rules for all who look at the workspace.
import { IgnoreRules } from './ignoreRules';
import { OuterRules } from './outerRules';
import { RuleMemory } from './ruleMemory';
import { TrackedFiles } from './trackedFiles';

export interface UserRules {
  readonly rules: IgnoreRules;
  readonly tracked: TrackedFiles;
  /** Those outside of the workspace. */
  readonly outer: OuterRules;
  /** To be told of every ignore file that an agent is about to change. */
  readonly memory: RuleMemory;
}

/** @param stateDir the workspace's `.parallel-agents`, as `prepareStateFolder` made it */
export function createUserRules(root: string, stateDir: string): UserRules {
  const tracked = new TrackedFiles(root);
  const memory = new RuleMemory(stateDir);
  const outer = new OuterRules(root);
  return { tracked, outer, memory, rules: new IgnoreRules(root, tracked, memory, outer) };
}
