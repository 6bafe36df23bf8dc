// Whether what a command printed says that a port was taken, in the words of systems, languages and common servers.

/**
 * The system's own name and words (all that print it mean the same), what Windows says, and what servers say in words of
 * their own: Vite, Next, Playwright, Spring, Django, Flask, Docker, Create React App, PHP.
 */
const words: readonly RegExp[] = [
  /\b(?:WSA)?EADDRINUSE\b/i,
  /\bAddrInUse\b/,
  /\baddress (?:is )?already in use\b/i,
  /\bonly one usage of each socket address\b/i,
  /\bport\b[^\n]{0,40}?\b(?:is|was|are) (?:already |currently )?(?:in use|allocated|taken|occupied|being used|used by|bound)\b/i,
  /\bport (?:already|currently) (?:in use|allocated|taken|bound)\b/i,
  /\bhttps?:\/\/\S+ is already (?:used|in use)\b/i,
  /\b(?:already running|already listening) (?:on|at) port\b/i,
];

/** @param output what a terminal would show */
export function tellsPortTaken(output: string): boolean {
  return words.some((word) => word.test(output));
}

/** Longer than any of the words: so much of what came before is looked at again with what comes. */
const overlap = 200;

/** The same for output that comes in pieces: once true, it stays so. */
export class PortText {
  #before = '';
  #isTold = false;

  get isTold(): boolean {
    return this.#isTold;
  }

  add(piece: string): void {
    if (this.#isTold) return;
    const text = this.#before + piece;
    this.#isTold = tellsPortTaken(text);
    this.#before = text.slice(-overlap);
  }
}
