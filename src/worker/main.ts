// The process of one agent: told on its input how to reach the hub, it works on one attempt there and ends.
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { Redactor } from '../core/guardrails/redactor';
import { steersModels } from '../core/models/providers';
import { Failure } from '../ports/failure';
import { nobodyThereCode } from '../ports/workers';
import { type AttemptStart, runAttempt } from './attempt';
import { warmUp } from './warmUp';

/** Whoever waits for this worker has its line on the way by now. */
const aheadMs = 100;

/** Learns this attempt's key, for what is printed of a bug. */
const redactor = new Redactor();

// Fetch reads HTTP by WebAssembly, which the engine would compile twice, the second time with care: 60 ms of a core for
// every worker, and its end waits for it. An engine that does not know the flag says so and goes on.
setFlagsFromString('--liftoff-only');
process.title = 'parallel-agents worker';
// The model's SDK adds headers that this names to every request; only what the hub sends us is to count.
for (const name of Object.keys(process.env)) if (steersModels.test(name)) delete process.env[name];
process.on('unhandledRejection', (reason) => fail(reason));
process.on('uncaughtException', (error) => fail(error));

main().then(
  () => process.exit(0), // whatever a tool left open does not keep an agent alive whose attempt is over
  (reason: unknown) => fail(reason),
);

async function main(): Promise<void> {
  const guardPath = path.join(__dirname, 'guard.js');
  const line = await warmUntil(firstLine(), guardPath);
  if (line === undefined) return; // the host died between starting us and meaning it
  await runAttempt(parseStart(line), guardPath, redactor);
}

/** A worker that was started ahead of its work uses the time; one that is waited for does not. */
async function warmUntil<T>(told: Promise<T>, guardPath: string): Promise<T> {
  const stop = new AbortController();
  const warmUpRun = setTimeout(() => void warmUp(guardPath, stop.signal), aheadMs);
  try {
    return await told;
  } finally {
    clearTimeout(warmUpRun);
    stop.abort();
  }
}

async function firstLine(): Promise<string | undefined> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return undefined;
}

/** What is wrong with the line is not quoted: it may hold the token. */
function parseStart(line: string): AttemptStart {
  const start = parseJson(line);
  if (typeof start === 'object' && start !== null && 'socketPath' in start && 'token' in start) {
    const { socketPath, token } = start;
    if (typeof socketPath === 'string' && typeof token === 'string') return { socketPath, token };
  }
  throw new Error('The first line of input is not how to reach the hub.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** To the log file that the host keeps of us; of a bug the stack tells where it is, and a failure says what it is. */
function fail(reason: unknown): never {
  const words = reason instanceof Error && !Failure.is(reason) ? reason.stack : undefined;
  console.error(redactor.text(words ?? (reason instanceof Error ? reason.message : String(reason))));
  process.exit(Failure.is(reason, 'unreachable') ? nobodyThereCode : 1);
}
