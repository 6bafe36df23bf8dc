// Takes keys out of texts before anybody sees or keeps them, in every common form and however the text is cut.
import { isDump, unfinishedLineAt } from './dumpViews';
import { FormIndex, type Span, type TextView } from './formIndex';
import { bareFormsOf, formsOf, shortestSecret } from './secretForms';
import { movesBack, terminalViewOf } from './terminalView';
import { bareViewsOf, unfinishedAt, viewsOf } from './textViews';

/** Text that comes in pieces. */
export interface RedactedStream {
  /** What is certain by now to be no part of a key; the rest waits for what comes next. */
  push(text: string): string;
  end(): string;
}

/** What stands in a key's place. */
const mask = '[key]';
/** From this length on a form is found also where white space breaks it, as terminals and `base64` break long lines. */
const shortestBroken = 16;
/** What waits in a stream is at most this long: white space without end keeps nothing back. */
const longestHeld = 8192;
/** Words of closed sets, by which the program itself goes on, and hashes. No key is looked for in them. */
const closedFields = new Set([
  'type',
  'kind',
  'status',
  'phase',
  'cause',
  'how',
  'by',
  'outcome',
  'limit',
  'face',
  'model',
  'before',
  'after',
  'hash',
  'started',
]);

export class Redactor {
  readonly #index = new FormIndex();
  readonly #bareIndex = new FormIndex();

  /** From now on it is taken out wherever it stands. */
  add(secret: string): void {
    const key = secret.trim();
    if (key.replace(/\s+/g, '').length < shortestSecret) return;
    for (const form of formsOf(key)) this.#index.add(form);
    for (const form of bareFormsOf(key)) this.#bareIndex.add(form);
  }

  isIn(text: string): boolean {
    return this.text(text) !== text;
  }

  /** Takes out whole keys, and at its ends the piece of one that a limit has cut. */
  text(text: string): string {
    return masked(text, [...this.#spans(text), ...this.#piecesAtEnds(text)]);
  }

  /** The same for every text in plain data, which comes back as it was when there is nothing to take out. */
  data<T>(value: T): T {
    return this.#data(value) as T;
  }

  stream(): RedactedStream {
    let held = '';
    const pass = (until: number, spans: readonly Span[]) => {
      const shown = held.slice(0, until);
      held = held.slice(until);
      return masked(
        shown,
        spans.filter(({ to }) => to <= until),
      );
    };
    return {
      push: (text) => {
        held += text;
        // One column of a dump's line tells what the other does, and comes later.
        const lines = this.#index.isEmpty ? held : held.slice(0, unfinishedLineAt(held));
        const spans = joined(this.#spans(lines));
        const openFrom = this.#openAt(lines);
        const open = isDump(lines) ? lines.lastIndexOf('\n', openFrom - 1) + 1 : openFrom;
        return pass(spans.find(({ from, to }) => from < open && open < to)?.to ?? open, spans);
      },
      end: () => pass(held.length, this.#spans(held)),
    };
  }

  #data(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const parts = value.map((part) => this.#data(part));
      return parts.some((part, at) => part !== value[at]) ? parts : value;
    }
    let changed: Record<string, unknown> | undefined;
    for (const [name, part] of Object.entries(value)) {
      const clean = closedFields.has(name) && typeof part === 'string' ? part : this.#data(part);
      if (clean !== part) changed = { ...(changed ?? value), [name]: clean };
    }
    return changed ?? value;
  }

  #spans(text: string): readonly Span[] {
    const views = this.#viewsOf(text);
    if (views.length === 0) return [];
    return [
      ...views.flatMap((view) => this.#index.places(view.chars, shortestIn(view)).map(view.spanOf)),
      ...bareViewsOf(text).flatMap((view) => this.#bareIndex.places(view.chars, 0).map(view.spanOf)),
    ];
  }

  /** Where something was left out, an ellipsis may say so. */
  #piecesAtEnds(text: string): readonly Span[] {
    const from = text.startsWith('…') ? 1 : 0;
    const to = text.endsWith('…') ? -1 : text.length;
    return this.#viewsOf(text.slice(from, to)).flatMap((view) =>
      this.#index
        .piecesAtEdges(view.chars)
        .map(view.spanOf)
        .map((span) => ({ from: span.from + from, to: span.to + from })),
    );
  }

  /** From where on the text may become a key when more of it comes; its length where nothing may. */
  #openAt(text: string): number {
    const skipped = Math.max(0, text.length - longestHeld);
    const tail = text.slice(skipped);
    if (this.#index.isEmpty) return text.length;
    const half = unfinishedAt(tail);
    const ends = [...new Set([tail, tail.slice(0, half)])];
    const overwritten = movesBack(tail) ? [terminalViewOf(tail)] : [];
    const opens = [
      ...ends.flatMap(viewsOf).map((view) => openIn(view, this.#index, shortestIn(view))),
      ...bareViewsOf(tail).map((view) => openIn(view, this.#bareIndex, 0)),
      // Where characters are written over, the last one may be.
      ...overwritten.map((view) => openIn({ ...view, chars: view.chars.slice(0, -1) }, this.#index, 0)),
    ];
    return skipped + Math.min(half, ...opens);
  }

  #viewsOf(text: string): readonly TextView[] {
    return this.#index.isEmpty || text.length < shortestSecret ? [] : viewsOf(text);
  }
}

function shortestIn({ isJoined }: TextView): number {
  return isJoined ? shortestBroken : 0;
}

/** As `openAt`, in the text itself. */
function openIn({ chars, spanOf }: TextView, index: FormIndex, shortest: number): number {
  const open = index.openAt(chars, shortest);
  return open < chars.length ? spanOf({ from: open, to: chars.length }).from : Number.POSITIVE_INFINITY;
}

/** In order and apart. */
function joined(spans: readonly Span[]): readonly Span[] {
  const apart: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const before = apart.at(-1);
    if (before && from < before.to) before.to = Math.max(before.to, to);
    else apart.push({ from, to });
  }
  return apart;
}

function masked(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  let shown = '';
  let at = 0;
  for (const { from, to } of joined(spans)) {
    shown += text.slice(at, from) + mask;
    at = to;
  }
  return shown + text.slice(at);
}
