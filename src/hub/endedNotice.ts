// The other message that is the hub's own: why this end closes the connection, said before it does.

interface Ended {
  readonly why: string;
}

/** To be heard by every connection. */
export const endedNotice = {
  name: 'hub.ended',
  params: {
    safeParse: (
      value: unknown,
    ): { success: true; data: Ended } | { success: false; error: { issues: [] } } =>
      isEnded(value) ? { success: true, data: value } : { success: false, error: { issues: [] } },
  },
};

/** As a message of its own, for an end that has no more to say. */
export function endedMessage(why: string) {
  return { jsonrpc: '2.0', method: endedNotice.name, params: { why } };
}

function isEnded(value: unknown): value is Ended {
  return typeof value === 'object' && value !== null && 'why' in value && typeof value.why === 'string';
}
