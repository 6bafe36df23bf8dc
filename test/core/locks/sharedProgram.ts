// Attempts that change one text by turns, pass and fail as chance says; the same program can be played without some of them.
import { strict as assert } from 'node:assert';
import {
  changeShared,
  type SharedText,
  settled,
  sharedText,
  type TextEdit,
  textFor,
  without,
} from '../../../src/core/locks/sharedText';

export interface Played {
  readonly edits: readonly { readonly fence: number; readonly edit: TextEdit }[];
  readonly passed: ReadonlySet<number>;
  readonly text: string;
  /** How often what happened. */
  readonly seen: Readonly<Record<'edited' | 'taken' | 'passed' | 'failed', number>>;
}

type Step =
  | { readonly kind: 'edit'; readonly fence: number; readonly edit: TextEdit }
  | { readonly kind: 'pass' | 'fail'; readonly fence: number };

const base = Array.from({ length: 6 }, (_, k) => `line ${k}\n`).join('');

/** Plays what the numbers choose; each is one step of one of three agents. Checks what every step must leave as it was. */
export function playNumbers(choices: readonly number[]): {
  readonly played: Played;
  readonly steps: readonly Step[];
} {
  const fences = [1, 2, 3];
  let lastFence = 3;
  const steps: Step[] = [];
  const play = new Play();
  const take = (step: Step) => {
    if (play.step(step)) steps.push(step);
  };
  choices.forEach((choice, n) => {
    const who = choice % fences.length;
    const fence = fences[who] as number;
    const what = Math.floor(choice / 4) % 16;
    if (what < 2) {
      take({ kind: what === 0 ? 'pass' : 'fail', fence });
      fences[who] = ++lastFence;
    } else
      take({
        kind: 'edit',
        fence,
        edit: editOf(play.viewOf(fence), what, Math.floor(choice / 64), `${fence}.${n}`),
      });
  });
  for (const [k, fence] of fences.entries()) take({ kind: k % 2 === 0 ? 'pass' : 'fail', fence });
  return { played: play.result, steps };
}

/** The same steps by `only`, as if the others had never been. */
export function playSteps(steps: readonly Step[], only: ReadonlySet<number>): Played {
  const play = new Play();
  for (const step of steps)
    if (only.has(step.fence)) assert.ok(play.step(step), 'what was possible before is not now');
  return play.result;
}

class Play {
  #shared: SharedText = sharedText(base);
  readonly #open = new Set<number>();
  readonly #edits: { fence: number; edit: TextEdit }[] = [];
  readonly #passed = new Set<number>();
  readonly #seen = { edited: 0, taken: 0, passed: 0, failed: 0 };

  get result(): Played {
    const text = textFor(this.#shared, new Set());
    return { edits: this.#edits, passed: this.#passed, text, seen: this.#seen };
  }

  viewOf(fence: number): string {
    return textFor(this.#shared, this.#hiddenFrom(fence));
  }

  /** False for an edit that was refused. */
  step(step: Step): boolean {
    const { fence } = step;
    if (step.kind === 'edit') return this.#edit(fence, step.edit);
    const others = this.#views(fence);
    if (step.kind === 'fail') this.#shared = without(this.#shared, fence);
    this.#open.delete(fence);
    this.#shared = settled(this.#shared, this.#open);
    this.#seen[step.kind === 'pass' ? 'passed' : 'failed']++;
    if (step.kind === 'pass') this.#passed.add(fence);
    else assert.deepEqual(this.#views(fence), others, 'a failure shows in what others see');
    return true;
  }

  #edit(fence: number, edit: TextEdit): boolean {
    const before = this.viewOf(fence);
    const others = this.#views(fence);
    const changed = changeShared(this.#shared, fence, this.#hiddenFrom(fence), edit);
    if (!changed.ok) {
      assert.equal(changed.why, 'taken', `${JSON.stringify(edit)} in ${JSON.stringify(before)}`);
      this.#seen.taken++;
      return false;
    }
    this.#shared = changed.shared;
    this.#open.add(fence);
    assert.equal(
      this.viewOf(fence),
      before.replace(edit.old, () => edit.new),
      'it does not see what it did',
    );
    assert.deepEqual(this.#views(fence), others, 'others see what it did');
    this.#edits.push({ fence, edit });
    this.#seen.edited++;
    return true;
  }

  #views(but: number): readonly string[] {
    return [...this.#open].filter((fence) => fence !== but).map((fence) => `${fence}: ${this.viewOf(fence)}`);
  }

  #hiddenFrom(fence: number): ReadonlySet<number> {
    return new Set([...this.#open].filter((other) => other !== fence));
  }
}

/** An edit that is possible on `text`, all of whose lines differ: lines put in, replaced or taken out, or half a line. */
function editOf(text: string, what: number, where: number, name: string): TextEdit {
  const lines = text.split('\n').slice(0, -1);
  const old = lines[where % Math.max(1, lines.length)];
  if (old === undefined) return { old: text, new: `${name}\n`, all: false };
  const edit = (now: string): TextEdit => ({ old: `${old}\n`, new: now, all: false });
  if (what < 7) return edit(`${old}\nafter ${name}\n`);
  if (what < 9) return edit(`before ${name}\n${old}\n`);
  if (what < 12) return edit(`instead ${name}\n`);
  if (what < 14 && lines.length > 1) return edit('');
  return edit(`${old} and ${name}\n`);
}
