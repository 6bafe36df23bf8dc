// The coordinator as an agent's process has it: every question goes over the connection to the hub.
import { notShown } from '../core/shared/size';
import type { HubConnection } from '../hub/connection';
import type { Coordinator } from '../ports/coordinator';
import { workerMethods, workerNotices } from '../protocol/hubMethods';

/** The part of a connection that asking needs. */
export type HubAsker = Pick<HubConnection, 'request' | 'offer'>;

/** Texts that a model can make as long as it likes are cut to what the protocol takes. */
const maxStepLength = 2000;
const maxWordsLength = 100_000;
const maxLogLength = 900_000;
/** Live output waits for nobody: what the host is not taking is not kept for it. */
const logAheadBytes = 1024 * 1024;

export function createHubCoordinator(hub: HubAsker): Coordinator {
  let notLogged = 0;
  return {
    async modelPermit() {
      await hub.request(workerMethods.modelPermit, {});
    },
    async modelCalled(call) {
      await hub.request(workerMethods.modelCalled, call);
    },
    modelBegun: () => void hub.offer(workerNotices.begun, {}, logAheadBytes),
    async modelLimited({ reason, ...limit }) {
      await hub.request(workerMethods.modelLimited, { reason: reason.slice(0, maxStepLength), ...limit });
    },
    toolBegin: (call) => hub.request(workerMethods.toolBegin, call),
    async toolEnd(call) {
      await hub.request(workerMethods.toolEnd, { ...call, summary: call.summary.slice(0, maxStepLength) });
    },
    copyReady: () => hub.request(workerMethods.copyReady, {}),
    lockFile: (path, wait) =>
      hub.request(workerMethods.lockFile, { path, ...(wait === undefined ? {} : { wait }) }),
    releaseFile: (path) => hub.request(workerMethods.releaseFile, { path }),
    writeFile: (write) => hub.request(workerMethods.writeFile, write),
    moveFile: (move) => hub.request(workerMethods.moveFile, move),
    commandBegin: (command) => hub.request(workerMethods.commandBegin, { command }),
    commandEnd: (ended) =>
      hub.request(workerMethods.commandEnd, { ...ended, printed: ended.printed.slice(-maxWordsLength) }),
    agentPlace: () => hub.request(workerMethods.agentPlace, {}),
    takeChanges: () => hub.request(workerMethods.takeChanges, {}),
    async lost({ note, printed }) {
      const death = { note: note.slice(0, maxStepLength), printed: printed.slice(-maxWordsLength) };
      await hub.request(workerMethods.lost, death);
    },
    async progress({ step, ...report }) {
      await hub.request(workerMethods.progress, { ...report, step: step.slice(0, maxStepLength) });
    },
    log(words) {
      const skipped = notLogged + Math.max(0, words.length - maxLogLength);
      const text = (skipped > 0 ? notShown(skipped) : '') + words.slice(-maxLogLength);
      notLogged = hub.offer(workerNotices.log, { text }, logAheadBytes) ? 0 : notLogged + words.length;
    },
    submit: (summary) => hub.request(workerMethods.submit, { summary: summary.slice(0, maxWordsLength) }),
    async handBack({ message, ...trouble }) {
      await hub.request(workerMethods.handBack, { ...trouble, message: message.slice(0, maxStepLength) });
    },
    async giveUp(reason, more) {
      await hub.request(workerMethods.giveUp, { reason: reason.slice(0, maxWordsLength), ...more });
    },
  };
}
