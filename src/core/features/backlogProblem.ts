// What is wrong with a backlog, and where: said the same way by whoever reads a part of it.
import { inert } from '../shared/inert';

/** Where a problem sits: keys and indices from the top of the document, as in `[2, "depends_on", 0]`. */
export type DocumentPath = readonly (string | number)[];

export interface BacklogProblem {
  readonly path: DocumentPath;
  readonly message: string;
}

export type Say = (path: DocumentPath, message: string) => void;

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object'
      : `the ${typeof value} ${shown(String(value))}`;
}

export function shown(text: string): string {
  return inert(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
