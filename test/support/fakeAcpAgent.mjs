// An agent of another maker for tests: it speaks the Agent Client Protocol on its input and output, in lines of JSON of its
// own making, and does what a script says for the feature that it reads of in its prompt.
//
// node fakeAcpAgent.mjs SCRIPT [nologin|badversion|mute|die|killed|badsettings|behindkilled]; the script: {FEATURE: [[step, ...] of a prompt, ...]}, the
// last for all prompts after it. A step is one of
//   {say}  {read}  {edit, content, gate?, hook?: true}  {write, content}  {sneak, content}  {run}  {ask: {kind, title}}  {plan: [done, of]}
//   {peek: FILE, tell: FILE}  {begin: COMMAND, once?: FILE} never ends  {together: [step, ...]}  {waitFor: FILE}  {crash: CODE, once?: FILE}  {hang: true, child?: true}  {ignoreCancel: true}  {error: {code, message, data}, once?}
//   {hook: true} of a step with a call: the program of its settings in FAKE_CONFIG is run first, as Codex does
//   {cost: USD}  {usage: {...}}  {meta: {...}} of its answer  {end: STOP_REASON}  {log: FILE}
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const [, , scriptFile, how] = process.argv;
const script = JSON.parse(readFileSync(scriptFile, 'utf8'));
const waiting = new Map();
let lastId = 0;
let cwd = '';
let feature;
let prompts = 0;
let calls = 0;
let heedsCancel = true;
let cancelTurn = () => undefined;

if (how === 'die') {
  process.stderr.write('cannot find my wits\n');
  process.exit(7);
}
if (how === 'killed') process.kill(process.pid, 'SIGKILL');
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void take(JSON.parse(line)));
lines.on('close', () => heedsCancel && process.exit(0));

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function ask(method, params) {
  lastId += 1;
  send({ id: lastId, method, params });
  return new Promise((resolve) => waiting.set(lastId, resolve));
}

const update = (params) => send({ method: 'session/update', params: { sessionId: 's', update: params } });

async function take({ id, method, params, result, error }) {
  if (method === undefined) {
    waiting.get(id)?.({ result, error });
    waiting.delete(id);
    return;
  }
  if (method === 'session/cancel') return heedsCancel ? cancelTurn() : undefined;
  if (how === 'mute') return;
  switch (method) {
    case 'initialize':
      return send({ id, result: { protocolVersion: how === 'badversion' ? 99 : 1, agentCapabilities: {} } });
    case 'session/new':
      cwd = params.cwd;
      if (how === 'badsettings')
        return send({
          id,
          error: { code: -32603, message: 'Internal error', data: { details: 'no such model' } },
        });
      if (how === 'behindkilled')
        return send({
          id,
          error: { code: -32603, message: 'Oh', data: { details: 'It was terminated by signal 9' } },
        });
      if (how === 'nologin') return send({ id, error: { code: -32000, message: 'Authentication required' } });
      return send({ id, result: { sessionId: 's' } });
    case 'session/prompt': {
      const cancelled = new Promise((resolve) => {
        cancelTurn = () => resolve({ result: { stopReason: 'cancelled' } });
      });
      return send({ id, ...(await Promise.race([turn(params.prompt[0].text), cancelled])) });
    }
    default:
      return send({ id, error: { code: -32601, message: `no ${method}` } });
  }
}

async function turn(text) {
  feature ??= /^# Feature \d+: (.*)$/m.exec(text)?.[1];
  const all = script[feature] ?? [[{ say: `no script for ${feature}` }]];
  const steps = all[Math.min(prompts, all.length - 1)];
  prompts += 1;
  const end = { stopReason: 'end_turn' };
  for (const step of steps) {
    const answer = await act(step, end, text);
    if (answer) return answer;
  }
  return { result: end };
}

async function act(step, end, text) {
  if (step.log) appendFileSync(step.log, `${JSON.stringify({ text, cwd, env: process.env })}\n`);
  if (step.say) update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: step.say } });
  if (step.read) await call('read', `Read ${step.read}`, step.read, step, async () => undefined);
  if (step.edit) await change(step);
  if (step.write) {
    const answer = await ask('fs/write_text_file', {
      sessionId: 's',
      path: at(step.write),
      content: step.content,
    });
    if (step.tell) appendFileSync(step.tell, `${JSON.stringify(answer)}\n`);
  }
  if (step.sneak) put(step.sneak, step.content);
  if (step.run) await command(step);
  if (step.ask)
    await call(step.ask.kind, step.ask.title, undefined, { ...step, gate: true }, async () => undefined);
  if (step.begin && isFirst(step.once)) {
    const rawInput = { command: step.begin };
    await call(
      'execute',
      step.begin,
      undefined,
      { gate: true, rawInput },
      () => new Promise(() => undefined),
    );
  }
  if (step.together) await Promise.all(step.together.map((one) => act(one, end, text)));
  if (step.peek) {
    try {
      appendFileSync(step.tell, readFileSync(at(step.peek), 'utf8'));
    } catch (error) {
      appendFileSync(step.tell, error.code);
    }
  }
  if (step.plan) plan(step.plan);
  while (step.waitFor && !existsSync(step.waitFor)) await new Promise((resolve) => setTimeout(resolve, 20));
  if (step.ignoreCancel) {
    heedsCancel = false;
    process.on('SIGTERM', () => undefined);
  }
  if (step.cost !== undefined)
    update({ sessionUpdate: 'usage_update', used: 1, size: 2, cost: { amount: step.cost, currency: 'USD' } });
  if (step.usage) end.usage = step.usage;
  if (step.meta) end._meta = step.meta;
  if (step.end) end.stopReason = step.end;
  if (step.crash !== undefined && isFirst(step.once)) {
    process.stderr.write('out of my mind\n');
    process.exit(step.crash);
  }
  if (step.error && isFirst(step.once)) return { error: step.error };
  if (step.hang) {
    if (step.child) spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
    await new Promise(() => setInterval(() => undefined, 1_000));
  }
  return undefined;
}

function isFirst(file) {
  if (file === undefined) return true;
  if (existsSync(file)) return false;
  writeFileSync(file, '');
  return true;
}

const at = (name) => (path.isAbsolute(name) ? name : path.join(cwd, name));

function put(name, content) {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
}

function change(step) {
  const diff = { type: 'diff', path: at(step.edit), oldText: null, newText: step.content };
  return call('edit', `Edit ${step.edit}`, step.edit, { gate: true, ...step, content: [diff] }, async () =>
    put(step.edit, step.content),
  );
}

function command(step) {
  const rawInput = { command: step.run };
  return call('execute', `\`${step.run}\``, undefined, { gate: true, ...step, rawInput }, async () => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', step.run], { cwd, encoding: 'utf8' });
    return { isOk: status === 0, text: stdout + stderr };
  });
}

function plan([done, of]) {
  const entries = Array.from({ length: of }, (_, k) => ({
    content: `part ${k}`,
    priority: 'medium',
    status: k < done ? 'completed' : 'pending',
  }));
  update({ sessionUpdate: 'plan', entries });
}

/** A tool call as agents tell of it: announced, allowed or not, done, told. */
async function call(kind, title, file, { gate, hook, content, rawInput, tell }, work) {
  calls += 1;
  if (hook && !(await isLetByHook(kind, file, rawInput, tell))) return; // of which it tells nothing
  const more = {
    ...(file && { locations: [{ path: at(file) }] }),
    ...(Array.isArray(content) && { content }),
    ...(rawInput && { rawInput }),
  };
  const toolCall = { toolCallId: `c${calls}`, kind, title, ...more };
  update({ sessionUpdate: 'tool_call', status: 'pending', ...toolCall });
  if (gate && !(await isAllowed(toolCall))) {
    update({ sessionUpdate: 'tool_call_update', toolCallId: toolCall.toolCallId, status: 'failed' });
    return;
  }
  const done = await work();
  update({
    sessionUpdate: 'tool_call_update',
    toolCallId: toolCall.toolCallId,
    status: done?.isOk === false ? 'failed' : 'completed',
    ...(done?.text && { content: [{ type: 'content', content: { type: 'text', text: done.text } }] }),
  });
}

/** Told as Codex tells it. */
function isLetByHook(kind, file, rawInput, tell) {
  const { hooks } = JSON.parse(process.env.FAKE_CONFIG);
  const [{ hooks: programs }] = hooks.PreToolUse;
  const name = kind === 'edit' ? 'apply_patch' : 'Bash';
  const command =
    kind === 'edit' ? `*** Begin Patch\n*** Add File: ${file}\n*** End Patch` : rawInput.command;
  const input = JSON.stringify({ tool_name: name, tool_use_id: `c${calls}`, tool_input: { command }, cwd });
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', programs[0].command], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stdin.end(input);
    child.on('close', (code) => {
      if (tell) appendFileSync(tell, `${code} ${said}\n`);
      resolve(code === 0 && !said.includes('"deny"'));
    });
  });
}

async function isAllowed(toolCall) {
  const options = [
    { optionId: 'always', name: 'Always', kind: 'allow_always' },
    { optionId: 'once', name: 'Once', kind: 'allow_once' },
    { optionId: 'no', name: 'No', kind: 'reject_once' },
  ];
  const { result } = await ask('session/request_permission', { sessionId: 's', toolCall, options });
  return result?.outcome?.optionId === 'once';
}
