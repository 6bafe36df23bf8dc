// A process that wants a workspace: claims it when told to, serves as its owner, or follows and claims again.
import { claimOwnership } from '../../src/host/ownership';
import { connectHub } from '../../src/hub/client';
import type { RequestType } from '../../src/hub/connection';
import { createHubServer } from '../../src/hub/server';
import { Failure } from '../../src/ports/failure';

/** What it reports, one a line on stdout. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'owner'; readonly epoch: number }
  /** It has asked the owner who that is. */
  | { readonly kind: 'follower'; readonly epoch: number; readonly ownerPid: number };

/** Its schemas are written out, since a process starts three times as fast without the library for them. */
const whoAreYou: RequestType<object, { pid: number }> = {
  name: 'test.whoAreYou',
  params: { safeParse: () => ({ success: true, data: {} }) },
  result: {
    safeParse(value) {
      const pid = typeof value === 'object' && value !== null && 'pid' in value ? Number(value.pid) : 0;
      return { success: true, data: { pid } };
    },
  },
};

/** `ahead` is how much higher an epoch than the last it saw this process believes to know of. */
const [root = '', base = '', ahead = '0'] = process.argv.slice(2);

process.stdin.once('data', () => void take());
process.stdin.once('end', () => process.exit());
report({ kind: 'ready' });

async function take(): Promise<void> {
  let seen = 0;
  for (;;) {
    const claimed = await claimOwnership(root, { minEpoch: seen + Number(ahead), place: { bases: [base] } });
    seen = claimed.epoch;
    if (claimed.kind === 'owner') {
      report({ kind: 'owner', epoch: claimed.epoch });
      createHubServer({
        listener: claimed.listener,
        hostToken: claimed.token,
        onWorker: () => {},
        onClient: (connection) => connection.handle(whoAreYou, () => ({ pid: process.pid })),
        onDenied: (rejection) => {
          throw new Error(`denied: ${rejection}`);
        },
      });
      return;
    }
    try {
      const connection = await connectHub({ ...claimed, role: 'client' });
      connection.listen();
      const { pid } = await connection.request(whoAreYou, {});
      report({ kind: 'follower', epoch: claimed.epoch, ownerPid: pid });
      await connection.closed;
    } catch (error) {
      if (!Failure.is(error, 'closed') && !Failure.is(error, 'unreachable')) throw error;
    }
  }
}

function report(what: Report): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
