// Joins an agent to its hub for one attempt: says hello, works, and ends when either side is done.
import { createNodeClock } from '../adapters/system/nodeSystem';
import type { AgentOutcome } from '../agent/tools/tool';
import { secretFiles } from '../core/features/namedSecrets';
import type { Redactor } from '../core/guardrails/redactor';
import { connectHub } from '../hub/client';
import type { HubConnection } from '../hub/connection';
import { askingTurns } from '../hub/modelTurns';
import { feelPulse } from '../hub/pulse';
import { Failure } from '../ports/failure';
import { protocolVersion } from '../protocol/hubMethods';
import { toWorkerNotices, workerMethods } from '../protocol/workerMethods';
import { chooseRunner } from './chooseRunner';
import { createHubCoordinator } from './hubCoordinator';
import { keepRenewed } from './renewal';
import { createSlotCopyFiles } from './slotCopyFiles';

export interface AttemptStart {
  readonly socketPath: string;
  readonly token: string;
}

/**
 * Rejects with a `Failure` when the hub cannot be reached (`unreachable`) or does not take the token, and for bugs. A hub that goes away
 * in the middle ends the attempt: a running command is ended first, and what is asked after it rejects with `closed`.
 *
 * @param guardPath the bundled command guard @param redactor learns the key, which this process must not print
 */
export async function runAttempt(
  { socketPath, token }: AttemptStart,
  guardPath: string,
  redactor: Redactor,
): Promise<AgentOutcome> {
  return workOver(await connectHub({ socketPath, role: 'worker', token }), guardPath, redactor);
}

/** As `runAttempt`, over a connection that nobody listens to yet; it is ended with the attempt. */
export async function workOver(
  connection: HubConnection,
  guardPath: string,
  redactor: Redactor,
): Promise<AgentOutcome> {
  const clock = createNodeClock();
  const stop = new AbortController();
  connection.onNotice(toWorkerNotices.stop, ({ reason }) =>
    connection.dispose(new Failure('closed', reason)),
  );
  const closed = connection.closed.then(() => stop.abort());
  const hub = keepRenewed(connection, clock, (why) => connection.dispose(why));
  const askHub = askingTurns(connection);
  connection.listen();
  void feelPulse(connection, tellPulse);
  try {
    const assignment = await hub.request(workerMethods.hello, {
      protocol: protocolVersion,
      pid: process.pid,
    });
    const apiKey = assignment.endpoint?.kind === 'client' ? undefined : assignment.endpoint?.apiKey;
    if (apiKey) redactor.add(apiKey);
    const files = createSlotCopyFiles(assignment.copyDir, secretFiles(assignment.secretFiles));
    const ports = { coordinator: createHubCoordinator(hub), files, clock, redactor, guardPath, askHub };
    const run = await chooseRunner(assignment, ports);
    const { endpoint: _key, ...withoutKey } = assignment; // only what asks the model needs it
    return await run(withoutKey, stop.signal);
  } finally {
    hub.dispose();
    connection.dispose();
    await closed;
  }
}

/** Into the log that the host keeps of this worker: whoever looks for the reason of a standstill looks there. */
function tellPulse(isAlive: boolean): void {
  console.error(
    isAlive
      ? 'The host answers again; the work goes on.'
      : 'The host does not answer; it may be stopped or hang. This agent waits for it; `parallel-agents status` names the process.',
  );
}
