// Turns what a program prints into text that is safe to show anywhere: no escape sequences, no control characters.

/** Takes bytes as they come, cut anywhere. */
export interface TextCleaner {
  /** What can be told for certain by now; half a character or half an escape sequence waits for the rest. */
  push(bytes: Uint8Array): string;
  end(): string;
}

const esc = '\u001b';
const bell = '\u0007';
/** A title or link that never ends would otherwise swallow or hold back everything after it. */
const longestSequence = 4096;

const csi = '\\[[0-?]*[ -/]*[@-~]';
const text = `[\\]PX^_][^${bell}${esc}\\r\\n]{0,${longestSequence}}(?:${bell}|${esc}\\\\)?`;
const short = '[ -/]*[0-~]';
const sequences = new RegExp(`${esc}(?:${csi}|${text}|${short})`, 'g');
const unfinished = new RegExp(`^${esc}(?:\\[[0-?]*[ -/]*|[\\]PX^_][^${bell}\\r\\n]*|[ -/]*)$`);
/** Control characters but newline, return and tab, and the marks that turn the direction of writing around. */
const controls = /[^\P{Cc}\n\r\t]|[\u202a-\u202e\u2066-\u2069]/gu;

export function createTextCleaner(): TextCleaner {
  const decoder = new TextDecoder(); // invalid bytes become U+FFFD
  let held = '';
  /** Perhaps the first half of a line's end, whatever unseen stands between the two. */
  let endsInReturn = false;
  const clean = (raw: string) => {
    const seen = (endsInReturn ? '\r' : '') + raw.replace(sequences, '').replace(controls, '');
    endsInReturn = seen.endsWith('\r');
    // A lone return is a progress bar drawing over its line; as lines of their own its steps can be read.
    return (endsInReturn ? seen.slice(0, -1) : seen).replace(/\r\n?/g, '\n');
  };
  return {
    push(bytes) {
      const all = held + decoder.decode(bytes, { stream: true });
      const cut = all.length - unfinishedLength(all);
      held = all.slice(cut);
      return clean(all.slice(0, cut));
    },
    end() {
      const rest = clean(held + decoder.decode());
      held = '';
      return endsInReturn ? `${rest}\n` : rest;
    },
  };
}

function unfinishedLength(raw: string): number {
  const tail = raw.slice(-longestSequence);
  const at = tail.lastIndexOf(esc);
  return at >= 0 && unfinished.test(tail.slice(at)) ? tail.length - at : 0;
}
