// Finds any of many texts in another in one pass over it, however many they are.

/** From one place in a text up to another, which is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A text in another way of writing, to look in. */
export interface TextView {
  readonly chars: string;
  /** Has something been taken out that may stand between the characters of what is looked for? */
  readonly isJoined: boolean;
  /** Where in the text itself that lies which stands in the view at `span`, which is not empty. */
  spanOf(span: Span): Span;
}

/** Characters by which a text is first looked for. */
const headLength = 3;
/** A piece of a text at an edge is taken for one from this length on; less of it tells too little. */
const shortestPiece = 12;

interface Piece {
  readonly form: string;
  readonly at: number;
}

export class FormIndex {
  readonly #forms = new Set<string>();
  /** A hash of the first characters of some form? One look at it passes over nearly every place of an ordinary text. */
  readonly #isHead = new Uint8Array(1 << 16);
  readonly #byHead = new Map<number, string[]>();
  readonly #pieces = new Map<string, Piece[]>();
  #longest = 0;

  get isEmpty(): boolean {
    return this.#forms.size === 0;
  }

  /** Characters of the longest form. */
  get longest(): number {
    return this.#longest;
  }

  /** @param form at least three characters */
  add(form: string): void {
    if (this.#forms.has(form)) return;
    this.#forms.add(form);
    this.#longest = Math.max(this.#longest, form.length);
    const head = hashAt(form, 0);
    this.#isHead[head] = 1;
    push(this.#byHead, head, form);
    for (let at = 0; at + shortestPiece <= form.length; at++)
      push(this.#pieces, form.slice(at, at + shortestPiece), { form, at });
  }

  /** Where forms of at least `shortest` characters stand; they may overlap. */
  places(text: string, shortest: number): readonly Span[] {
    const spans: Span[] = [];
    for (let at = 0; at + headLength <= text.length; at++) {
      for (const form of this.#formsAt(text, at))
        if (form.length >= shortest && text.startsWith(form, at))
          spans.push({ from: at, to: at + form.length });
    }
    return spans;
  }

  /** The end of a form that `text` begins with, and the beginning of one that it ends with, as where a limit cut it. */
  piecesAtEdges(text: string): readonly Span[] {
    const spans: Span[] = [];
    for (const { form, at } of this.#pieces.get(text.slice(0, shortestPiece)) ?? [])
      if (text.startsWith(form.slice(at))) spans.push({ from: 0, to: form.length - at });
    for (const { form, at } of this.#pieces.get(text.slice(-shortestPiece)) ?? []) {
      const length = at + shortestPiece;
      if (text.endsWith(form.slice(0, length))) spans.push({ from: text.length - length, to: text.length });
    }
    return spans;
  }

  /** From where on `text` is the beginning of a form of at least `shortest` characters; its length where it is none. */
  openAt(text: string, shortest: number): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at++) {
      const candidates = at + headLength <= text.length ? this.#formsAt(text, at) : this.#forms;
      for (const form of candidates)
        if (form.length >= shortest && form.length > text.length - at && form.startsWith(text.slice(at)))
          return at;
    }
    return text.length;
  }

  #formsAt(text: string, at: number): readonly string[] {
    const head = hashAt(text, at);
    return this.#isHead[head] === 1 ? (this.#byHead.get(head) ?? []) : [];
  }
}

function hashAt(text: string, at: number): number {
  return ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2)) & 0xffff;
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
