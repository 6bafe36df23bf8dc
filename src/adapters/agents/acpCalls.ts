// What agents tell of their tool calls in the Agent Client Protocol, in our words.
import type { SessionUpdate, ToolCallContent, ToolCallUpdate } from '@agentclientprotocol/sdk';
import type { AgentManners } from '../../core/models/agents';
import { isObject } from '../../core/shared/fields';
import type { AgentCall, AgentUpdate } from '../../ports/externalAgents';

/** Names under which inputs of tools have the file they are about, where a call tells of no place. */
const pathNames = ['file_path', 'filePath', 'path', 'abs_path', 'notebook_path'];

export function callOf(call: ToolCallUpdate, { commandsIn }: AgentManners): AgentCall {
  const { toolCallId, kind, title, content, locations, rawInput } = call;
  const changes = (content ?? []).flatMap((one) => (one.type === 'diff' ? [one.path] : []));
  const located = (locations ?? []).map(({ path }) => path);
  const paths = [...new Set([...changes, ...located, ...pathsIn(rawInput)])];
  const isTitle = commandsIn === 'title' && kind === 'execute';
  const command = commandIn(rawInput) ?? (isTitle ? (title ?? undefined) : undefined);
  return {
    id: toolCallId,
    paths,
    changes: [...new Set(changes)],
    ...(kind && { kind }),
    ...(title && { title }),
    ...(command !== undefined && { command }),
    ...(rawInput !== undefined && { input: rawInput }),
  };
}

export function toUpdate(update: SessionUpdate, manners: AgentManners): AgentUpdate | undefined {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      return update.content.type === 'text' ? { type: 'text', text: update.content.text } : undefined;
    case 'tool_call':
    case 'tool_call_update': {
      const { status } = update;
      const output = outputOf(update);
      return {
        type: 'call',
        call: callOf(update, manners),
        ...(status && { status }),
        ...(output && { output }),
      };
    }
    case 'plan': {
      const done = update.entries.filter(({ status }) => status === 'completed').length;
      return { type: 'plan', done, of: update.entries.length };
    }
    case 'usage_update': {
      const { cost } = update;
      return cost?.currency === 'USD' ? { type: 'cost', usd: cost.amount } : undefined;
    }
    default:
      return undefined; // of no use to us, or from a later version
  }
}

/** Some tell what a command prints piece by piece, as of a terminal of theirs. */
function outputOf({ content, _meta }: Pick<ToolCallUpdate, 'content' | '_meta'>) {
  const text = textIn(content ?? []);
  if (text !== '') return { text, isMore: false };
  const piece =
    isObject(_meta) && isObject(_meta.terminal_output_delta) ? _meta.terminal_output_delta.data : '';
  return typeof piece === 'string' && piece !== '' ? { text: piece, isMore: true } : undefined;
}

function textIn(content: readonly ToolCallContent[]): string {
  return content
    .flatMap((one) => (one.type === 'content' && one.content.type === 'text' ? [one.content.text] : []))
    .join('\n');
}

/** Files that the input of a tool names. */
export function pathsIn(input: unknown): readonly string[] {
  if (!isObject(input)) return [];
  return pathNames.flatMap((name) => {
    const value = input[name];
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
}

/** A command as one text, or as the words of a program that is a shell with one. */
function commandIn(input: unknown): string | undefined {
  const command = isObject(input) ? input.command : undefined;
  if (typeof command === 'string') return command;
  if (!Array.isArray(command) || !command.every((word): word is string => typeof word === 'string'))
    return undefined;
  const [shell = '', flag = '', text] = command;
  const isShell = /(^|\/)(ba|z|da)?sh$/.test(shell) && /^-l?c$/.test(flag) && command.length === 3;
  return isShell ? text : command.join(' ');
}
