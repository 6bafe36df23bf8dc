// Tells an agent what became of the files that a command, or another program of its own, changed in its copy.
import type { CommandChanges } from '../../ports/coordinator';
import { count } from './tool';

/** Paths named in an answer before the rest is only counted. */
const maxNamed = 100;

export function describeChanges({
  kept,
  dropped,
  contested,
  empty = [],
  more,
}: CommandChanges): readonly string[] {
  const lines: string[] = [];
  if (kept.length > 0) lines.push(`Changed and kept: ${named(kept, more?.kept)}.`);
  const withReasons = (changes: CommandChanges['dropped']) =>
    changes.map(({ path, why }) => `${path} (${why})`);
  if (dropped.length > 0) lines.push(`Changed, and put back: ${named(withReasons(dropped), more?.dropped)}.`);
  if (contested.length > 0)
    lines.push(
      `Changed, but not yours yet: ${named(withReasons(contested), more?.contested)}. ` +
        'Before your work can pass you get these as the others leave them; put back what your feature can do without.',
    );
  if (empty.length > 0)
    lines.push(
      `Made, and not published while it is an empty folder: ${named(empty)}. ` +
        'The check runs without it; write a file such as .gitkeep into one that has to be there.',
    );
  return lines;
}

function named(entries: readonly string[], more = 0): string {
  const rest = Math.max(0, entries.length - maxNamed) + more;
  return entries.slice(0, maxNamed).join(', ') + (rest > 0 ? ` and ${count(rest, 'other')}` : '');
}
