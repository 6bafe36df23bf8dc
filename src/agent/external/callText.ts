// What kinds of tool calls of an agent of another maker there are to us, and under what names they are counted and told.
import { wordsLookedAt } from '../../core/guardrails/lookingCommands';
import type { WorkspacePath } from '../../core/locks/lockPath';
import type { Result } from '../../core/shared/result';
import { kindOf, type ToolKind, type ToolName } from '../../core/tools/toolTable';
import type { ToolCall } from '../../ports/coordinator';
import type { AgentCall, AgentCallKind } from '../../ports/externalAgents';
import { fingerprintOf } from '../fingerprint';

/** What a call may do to the copy, whatever it names. */
export type CallReach = ToolKind | 'other';

/** Under what name a call is counted and told: as our own tools' are. */
const tools: { readonly [K in AgentCallKind]?: ToolName } = {
  read: 'read_file',
  search: 'search_files',
  edit: 'edit_file',
  delete: 'delete_file',
  move: 'move_file',
  execute: 'run_command',
};
const verbs: { readonly [K in AgentCallKind]?: string } = {
  read: 'reading',
  edit: 'editing',
  delete: 'deleting',
  move: 'moving',
};

export function reachOf({ kind, command, changes }: AgentCall): CallReach {
  if (changes.length > 0) return 'edit';
  // Some call a command by what it is for, as they understand it.
  if (command !== undefined) return wordsLookedAt(command) ? 'read' : 'command';
  const tool = kind && tools[kind];
  return (tool && kindOf(tool)) ?? (kind === 'think' ? 'read' : 'other');
}

export function asTool(call: AgentCall): ToolCall {
  const { kind = 'other', paths, command, input, title } = call;
  const reach = reachOf(call);
  const tool = command === undefined ? (tools[kind] ?? kind) : reach === 'read' ? 'read_file' : 'run_command';
  const target = command ?? paths[0] ?? title;
  return {
    tool,
    fingerprint: fingerprintOf(tool, input ?? { paths, command, title }),
    ...(target !== undefined && { target: target.slice(0, 1000) }),
  };
}

/** What people read while it goes on. */
export function stepOf(
  { kind, title, command, paths }: AgentCall,
  inside: (path: string) => Result<WorkspacePath>,
): string {
  const [path] = paths.map(inside).flatMap((one) => (one.ok ? [one.value] : []));
  const verb = kind && verbs[kind];
  const about = command === undefined ? verb && path && `${verb} ${path}` : `running ${command}`;
  return about ?? title ?? kind ?? 'working';
}
