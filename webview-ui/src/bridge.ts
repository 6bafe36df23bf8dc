// The line to the extension: intents go out, snapshots and events come in, and what the page itself keeps is kept here.
import type { FromWebview, ToWebview } from '../../src/protocol/webviewMessages';

/** What survives when the page is hidden or reloaded: how it is shown, never what it shows. */
export interface PageState {
  /** Cards without their logs. */
  readonly isCompact: boolean;
}

export interface Bridge {
  post(message: FromWebview): void;
  listen(listener: (message: ToWebview) => void): void;
  keep(state: PageState): void;
  readonly kept: PageState;
}

/** May be called once in the life of a page; so VS Code wants it. */
export function openBridge(): Bridge {
  const api = acquireVsCodeApi<PageState>();
  return {
    post: (message) => api.postMessage(message),
    listen: (listener) =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isFromExtension(data)) listener(data);
      }),
    keep: (state) => void api.setState(state),
    kept: { isCompact: api.getState()?.isCompact === true },
  };
}

/** The extension is trusted, so its messages are told apart and not checked; other windows' messages are not ours. */
function isFromExtension(data: unknown): data is ToWebview {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false;
  const types = ['snapshot', 'snapshotPage', 'snapshotEnd', 'events', 'surroundings', 'output'];
  return types.includes(String(data.type));
}
