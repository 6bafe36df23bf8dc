// The coordinator as an agent's process has it: every question goes over the connection to the hub.
import { notShown } from '../core/shared/size';
import type { HubConnection } from '../hub/connection';
import { askingOf } from '../hub/requests';
import type { Coordinator } from '../ports/coordinator';
import { workerMethods, workerNotices } from '../protocol/workerMethods';

/** The part of a connection that asking needs. */
export type HubAsker = Pick<HubConnection, 'request' | 'offer'>;

const maxLogLength = 900_000;
/** Live output waits for nobody: what the host is not taking is not kept for it. */
const logAheadBytes = 1024 * 1024;

export function createHubCoordinator(hub: HubAsker): Coordinator {
  let notLogged = 0;
  return {
    ...askingOf(workerMethods, hub),
    modelBegun: () => void hub.offer(workerNotices.begun, {}, logAheadBytes),
    log(words) {
      const skipped = notLogged + Math.max(0, words.length - maxLogLength);
      const text = (skipped > 0 ? notShown(skipped) : '') + words.slice(-maxLogLength);
      notLogged = hub.offer(workerNotices.log, { text }, logAheadBytes) ? 0 : notLogged + words.length;
    },
  };
}
