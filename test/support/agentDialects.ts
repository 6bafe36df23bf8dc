// What models of other makers' agents are to do, told once, as each of these agents has its tools: answers of one fake service
// to all of them.
import { chatStreamed } from './chatCompletions';
import { type FakeAnswer, type RecordedRequest, streamed } from './fakeMessagesApi';
import { geminiAnswer } from './geminiApi';
import { type ResponsesItem, responsesStreamed } from './responsesApi';

/** One answer of a model: words, or one call of a tool. */
export type Play =
  | { readonly say: string }
  | { readonly read: string }
  | { readonly edit: string; readonly from: string; readonly to: string }
  | { readonly create: string; readonly text: string }
  | { readonly run: string };

/** By feature: what its model does, answer by answer. It says a last word when nothing is left. */
export type Plays = Readonly<Record<string, readonly Play[]>>;

export interface Asked {
  readonly request: RecordedRequest;
  readonly feature: string;
  /** How many of its calls have ended. */
  readonly turn: number;
}

const nothingLeft: Play = { say: 'Nothing is left to do.' };

/**
 * @param onAsked of each question about a feature, before it is answered
 * @param instead what a question about a feature is answered by in place of the next play, if anything
 */
export function playing(
  plays: Plays,
  onAsked: (asked: Asked) => unknown = () => undefined,
  instead: (asked: Asked) => FakeAnswer | undefined = () => undefined,
): (request: RecordedRequest) => Promise<FakeAnswer> {
  return async (request) => {
    const dialect = dialects.find(({ path }) => path.test(request.path));
    if (!dialect) return { kind: 'status', status: 404, type: 'not_found_error', message: request.path };
    const said = JSON.stringify(request.body);
    const feature = /# Feature \d+: (\w+)/.exec(said)?.[1];
    if (feature === undefined || !dialect.hasTools(said))
      return dialect.answer({ say: 'side' }, '', said, request);
    const turn = said.match(dialect.result)?.length ?? 0;
    const asked = { request, feature, turn };
    await onAsked(asked);
    const other = instead(asked);
    if (other) return other;
    const cwd =
      /(?:working directory:|Workspace Directories:\*\*\\n *-) *(\/[^\\"\n]+)/i.exec(said)?.[1]?.trim() ?? '';
    return dialect.answer(plays[feature]?.[turn] ?? nothingLeft, cwd, said, request);
  };
}

interface Dialect {
  readonly path: RegExp;
  /** Stands in a question once for each call that has ended. */
  readonly result: RegExp;
  /** Titles and the like are asked for without tools. */
  hasTools(said: string): boolean;
  answer(play: Play, cwd: string, said: string, request: RecordedRequest): FakeAnswer;
}

let calls = 0;
const nextId = (): string => {
  calls += 1; // no model gives two calls the same id
  return `call_${calls}`;
};

const claude: Dialect = {
  path: /\/messages/,
  result: /"type":"tool_result"/g,
  hasTools: (said) => /"name":"Edit"/.test(said),
  answer(play, cwd) {
    if ('say' in play) return streamed([{ text: play.say }]);
    const [tool, input] = claudeTool(play, cwd);
    return streamed([{ tool, id: `toolu_${nextId()}`, json: JSON.stringify(input) }], { stop: 'tool_use' });
  },
};

function claudeTool(play: Exclude<Play, { say: string }>, cwd: string): readonly [string, object] {
  if ('read' in play) return ['Read', { file_path: `${cwd}/${play.read}` }];
  if ('run' in play) return ['Bash', { command: play.run, description: 'as told' }];
  if ('create' in play) return ['Write', { file_path: `${cwd}/${play.create}`, content: play.text }];
  return ['Edit', { file_path: `${cwd}/${play.edit}`, old_string: play.from, new_string: play.to }];
}

const codex: Dialect = {
  path: /\/responses/,
  result: /"type":"(?:function|custom_tool)_call_output"/g,
  hasTools: (said) => /"name":"apply_patch"/.test(said),
  answer(play, _cwd, said) {
    return responsesStreamed([codexItem(play, said)]);
  },
};

function codexItem(play: Play, said: string): ResponsesItem {
  if ('say' in play) return { text: play.say };
  const id = nextId();
  const patch = (body: string) => ({
    custom: 'apply_patch',
    id,
    input: `*** Begin Patch\n${body}*** End Patch\n`,
  });
  if ('create' in play) return patch(`*** Add File: ${play.create}\n${prefixed('+', play.text)}`);
  if ('edit' in play)
    return patch(`*** Update File: ${play.edit}\n@@\n${prefixed('-', play.from)}${prefixed('+', play.to)}`);
  const command = 'run' in play ? play.run : `cat ${play.read}`;
  const isOld = /"name":"shell_command"/.test(said);
  return isOld
    ? { tool: 'shell_command', id, json: JSON.stringify({ command }) }
    : { tool: 'exec_command', id, json: JSON.stringify({ cmd: command }) };
}

function prefixed(mark: string, text: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${mark}${line}\n`)
    .join('');
}

const opencode: Dialect = {
  path: /\/chat\/completions/,
  result: /"role":"tool"/g,
  hasTools: (said) => /"name":"edit"/.test(said),
  answer(play, cwd) {
    if ('say' in play) return chatStreamed([{ text: play.say }]);
    const [tool, input] = opencodeTool(play, cwd);
    return chatStreamed([{ tool, id: nextId(), json: JSON.stringify(input) }]);
  },
};

function opencodeTool(play: Exclude<Play, { say: string }>, cwd: string): readonly [string, object] {
  if ('read' in play) return ['read', { filePath: `${cwd}/${play.read}` }];
  if ('run' in play) return ['bash', { command: play.run, description: 'as told' }];
  if ('create' in play) return ['write', { filePath: `${cwd}/${play.create}`, content: play.text }];
  return ['edit', { filePath: `${cwd}/${play.edit}`, oldString: play.from, newString: play.to }];
}

const gemini: Dialect = {
  path: /[gG]enerateContent|countTokens/,
  result: /"functionResponse"/g,
  hasTools: (said) => /"name":"replace"/.test(said),
  answer(play, cwd, _said, { path }) {
    if (/countTokens/.test(path))
      return { kind: 'page', status: 200, contentType: 'application/json', body: '{"totalTokens":100}' };
    const isStream = /streamGenerateContent/.test(path);
    if ('say' in play) return geminiAnswer([{ text: play.say }], isStream);
    const [tool, args] = geminiTool(play, cwd);
    return geminiAnswer([{ tool, args }], isStream);
  },
};

function geminiTool(play: Exclude<Play, { say: string }>, cwd: string): readonly [string, object] {
  if ('read' in play) return ['read_file', { file_path: `${cwd}/${play.read}` }];
  if ('run' in play) return ['run_shell_command', { command: play.run, description: 'as told' }];
  if ('create' in play) return ['write_file', { file_path: `${cwd}/${play.create}`, content: play.text }];
  const { from: old_string, to: new_string } = play;
  return ['replace', { file_path: `${cwd}/${play.edit}`, instruction: 'as told', old_string, new_string }];
}

const dialects: readonly Dialect[] = [claude, codex, opencode, gemini];
