// Runs a backlog of features called `Step 1`, `Step 2`, … in real processes against a fake of the models' API, and tells when
// what of it happened.
import { startCli, userWith } from '../support/cli';
import { type RecordedRequest, startFakeMessagesApi, streamed } from '../support/fakeMessagesApi';

export interface Moment {
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly featureId?: number;
}

export interface StepsRun {
  readonly events: readonly Moment[];
  /** When the model was first asked for a feature, by its number. */
  readonly askedAt: ReadonlyMap<number, number>;
}

export function nameOfStep(k: number): string {
  return `Step ${k}`;
}

/** @param think what the model takes for its one turn, in which it writes a file and is done */
export async function runSteps(
  dir: string,
  agents: number,
  think: () => Promise<unknown>,
): Promise<StepsRun> {
  const askedAt = new Map<number, number>();
  const api = await startFakeMessagesApi(async (request) => {
    const step = stepOf(request);
    if (step !== undefined && !askedAt.has(step)) askedAt.set(step, Date.now());
    await think();
    const work = { path: `built/${step}.txt`, content: 'x' };
    return streamed(
      [
        { tool: 'write_file', id: 'w', json: JSON.stringify(work) },
        { tool: 'finish', id: 'c', json: '{"summary":"Done."}' },
      ],
      { stop: 'tool_use' },
    );
  });
  try {
    const events: Moment[] = [];
    const args = ['run', '--project-dir', dir, '--max-agents', `${agents}`, '--model', 'haiku', '--json'];
    const user = userWith({ providers: { anthropic: { baseUrl: api.baseUrl } } });
    const run = startCli(args, { ...user, ANTHROPIC_API_KEY: 'a key of the bench' });
    run.onLine((line) => events.push(JSON.parse(line)));
    const { code } = await run.ended;
    if (code !== 0) throw new Error(`The run ended with ${code}.\n${run.notes.join('\n')}`);
    return { events, askedAt };
  } finally {
    await api.close();
  }
}

/** NaN where it never happened. */
export function momentOf(events: readonly Moment[], type: string, step: number): number {
  return events.find((e) => e.type === type && e.featureId === step)?.at ?? Number.NaN;
}

/** Which feature asks, as its first message names it; undefined for a later turn. */
function stepOf({ body: { messages } }: RecordedRequest): number | undefined {
  if (messages.length > 1) return undefined;
  const found = /Step (\d+)/.exec(JSON.stringify(messages[0]?.content));
  return found ? Number(found[1]) : undefined;
}
