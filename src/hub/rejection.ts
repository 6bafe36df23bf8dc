// What one end of the hub did not put up with from the other; each is told to whoever counts them.

export type Rejection =
  /** The first line was not ours, too long, or came too late. */
  | 'badGreeting'
  | 'wrongToken'
  /** A worker's token came a second time. */
  | 'replayedToken'
  /** Bytes that are no frame, or a frame that is no message. */
  | 'badFrame'
  | 'oversizedFrame'
  | 'unknownMethod'
  | 'invalidParams'
  /** More requests were open at once than any part of the program needs. */
  | 'tooManyRequests'
  /** The other side takes what we send so slowly that it would fill our memory. */
  | 'notReading';

/** Thrown inside the hub where a denial ends the connection. The message is for logs and holds no secret. */
export class Denied extends Error {
  constructor(
    readonly rejection: Rejection,
    message: string,
  ) {
    super(message);
    this.name = 'Denied';
  }
}

/** A stranger's words made fit for a log line: short, and without anything a terminal would act on. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80)).replace(/[^\x20-\x7e]/g, '?');
}
