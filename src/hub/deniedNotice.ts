// The one message that is the hub's own: "your token does not count here", said before the connection ends.
import type { NotificationType } from './connection';

export const deniedNotice: NotificationType<object> = {
  name: 'hub.denied',
  params: { safeParse: () => ({ success: true, data: {} }) },
};
