// What an agent tells the program that it runs before each call of a tool, in our words, and what it is answered.
import path from 'node:path';
import type { AgentHook } from '../../core/models/agents';
import { isObject } from '../../core/shared/fields';
import type { AgentCall, AgentCallKind, AgentPermit } from '../../ports/externalAgents';
import { pathsIn } from './acpCalls';

/** Tools that read, change or run something; what others do is asked for over the protocol, or is nothing of ours. */
const tools: { readonly [H in AgentHook]: Readonly<Record<string, AgentCallKind>> } = {
  claude: {
    Read: 'read',
    Glob: 'search',
    Grep: 'search',
    Bash: 'execute',
    Monitor: 'execute',
    Edit: 'edit',
    MultiEdit: 'edit',
    Write: 'edit',
    NotebookEdit: 'edit',
  },
  codex: { apply_patch: 'edit', Bash: 'execute' },
};

/** The call that it is about to make; undefined for what is no such telling, or about another tool. */
export function callOfHook(hook: AgentHook, told: unknown): AgentCall | undefined {
  if (!isObject(told) || !isObject(told.tool_input)) return undefined;
  const { tool_name: name, tool_use_id: id, tool_input: input, cwd } = told;
  if (typeof name !== 'string' || typeof id !== 'string' || !Object.hasOwn(tools[hook], name))
    return undefined;
  const kind = tools[hook][name] ?? 'other';
  const command = typeof input.command === 'string' ? input.command : undefined;
  const folder = typeof cwd === 'string' ? cwd : '';
  const isPatch = name === 'apply_patch';
  const named = isPatch ? filesOfPatch(command ?? '') : pathsIn(input);
  return {
    id,
    kind,
    title: name,
    changes: [],
    input,
    paths: named.map((file) => (path.isAbsolute(file) ? file : path.join(folder, file))),
    ...(command !== undefined && !isPatch && { command }),
  };
}

/** Which tools the hook is for, as the agent matches their names. */
export function matcherOf(hook: AgentHook): string {
  return `^(?:${Object.keys(tools[hook]).join('|')})$`;
}

/** What the program prints. Of what is allowed it says nothing: the agent goes on as it would without it. */
export function hookAnswer(permit: AgentPermit): string {
  if (permit.isAllowed) return '';
  const decision = { permissionDecision: 'deny', permissionDecisionReason: permit.why };
  return JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } });
}

/** All files that a patch in Codex's form names. */
function filesOfPatch(patch: string): readonly string[] {
  const named = /^\s*\*\*\* (?:(?:Add|Update|Delete) File|Move to): *(.+?)\s*$/gm;
  return [...patch.matchAll(named)].map(([, file]) => file ?? '');
}
