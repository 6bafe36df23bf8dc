// Keeps an attempt's claim alive: every question to the hub renews it, and a quiet stretch is broken by a renewal.
import { renewEveryMs } from '../core/claims/claim';
import { Failure } from '../ports/failure';
import type { Clock } from '../ports/system';
import { workerMethods } from '../protocol/workerMethods';
import type { HubAsker } from './hubCoordinator';

export interface RenewedHub extends HubAsker {
  /** No renewal after this. May be called twice. */
  dispose(): void;
}

/**
 * Asks like `hub`, and renews when nothing was asked for `renewEveryMs`; a question still waiting for its answer does not
 * count for longer than that.
 *
 * @param onLost told once, when the hub says that the attempt is over
 */
export function keepRenewed(hub: HubAsker, clock: Clock, onLost: (why: Failure) => void): RenewedHub {
  let isOver = false;
  let cancel = () => {};

  function arm(): void {
    cancel();
    if (!isOver) cancel = clock.after(renewEveryMs, renew);
  }

  function renew(): void {
    arm();
    hub.request(workerMethods.renew, {}).catch((error: unknown) => {
      if (isOver || !Failure.is(error, 'closed')) return; // another failure may pass, and the lease bears two of them
      dispose();
      onLost(error);
    });
  }

  function dispose(): void {
    isOver = true;
    cancel();
  }

  arm();
  return {
    request(method, params) {
      arm();
      return hub.request(method, params);
    },
    offer: (notice, params, aheadBytes) => hub.offer(notice, params, aheadBytes),
    dispose,
  };
}
