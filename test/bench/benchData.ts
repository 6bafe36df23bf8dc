// The data sets of the benches: read from a gzipped JSON file, or a small one made on the spot.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { logNormal, mulberry32 } from './chance';

/** A graph of features with their durations, and for some sets what others proved about it. */
export interface BenchGraph {
  readonly name: string;
  readonly durations: readonly number[];
  /** `needs[k]`: positions of those k depends on. */
  readonly needs: readonly (readonly number[])[];
  /** Kind of each, for learning durations. */
  readonly categories?: readonly string[];
  /** Units of each resource that k uses, and how many there are. */
  readonly uses?: readonly (readonly number[])[];
  readonly capacities?: readonly number[];
  /** Shortest finish known for so many agents; for sets with resources, for any number. */
  readonly published: (agents: number) => { readonly finish: number; readonly isProven: boolean } | undefined;
}

/** Files of successive changes of one repository, oldest first. */
export interface ChangeHistory {
  readonly repo: string;
  readonly changes: readonly (readonly number[])[];
}

export interface GraphSet {
  readonly data: string;
  readonly graphs: readonly BenchGraph[];
}

export interface ChangeSet {
  readonly data: string;
  readonly repos: readonly ChangeHistory[];
}

/** Throws with the reason when the file is not of this format. */
export function readGraphs(file: string | undefined): GraphSet {
  if (file === undefined) return { data: 'generated', graphs: generatedGraphs() };
  const { graphs } = readJson(file);
  if (!Array.isArray(graphs))
    throw new Error(`${file} holds no graphs; see the formats in test/bench/README.md.`);
  return { data: nameOf(file), graphs: graphs.map(graphOf) };
}

export function readChanges(file: string | undefined): ChangeSet {
  if (file === undefined) return { data: 'generated', repos: [generatedHistory()] };
  const { repos } = readJson(file);
  if (!Array.isArray(repos))
    throw new Error(`${file} holds no change sets; see the formats in test/bench/README.md.`);
  return { data: nameOf(file), repos: repos as ChangeHistory[] };
}

interface StoredGraph {
  readonly name: string;
  readonly d: readonly number[];
  readonly preds: readonly (readonly number[])[];
  readonly cat?: readonly string[];
  readonly req?: readonly (readonly number[])[];
  readonly cap?: readonly number[];
  readonly best?: number | Readonly<Record<string, number>>;
  readonly open?: Readonly<Record<string, boolean>>;
}

function graphOf(stored: StoredGraph): BenchGraph {
  const { name, d, preds, cat, req, cap, best, open } = stored;
  return {
    name,
    durations: d,
    needs: preds,
    ...(cat === undefined ? {} : { categories: cat }),
    ...(req === undefined || cap === undefined ? {} : { uses: req, capacities: cap }),
    published(agents) {
      if (best === undefined) return undefined;
      if (typeof best === 'number') return { finish: best, isProven: true };
      const finish = best[agents];
      return finish === undefined ? undefined : { finish, isProven: open?.[agents] !== true };
    },
  };
}

function readJson(file: string): Record<string, unknown> {
  const bytes = readFileSync(file);
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return JSON.parse((isZipped ? gunzipSync(bytes) : bytes).toString('utf8'));
}

function nameOf(file: string): string {
  return path.basename(file).replace(/(\.json)?(\.gz)?$/, '');
}

/** Twelve graphs of 30 in the manner of the Standard Task Graph Set: each needs up to three of those before it. */
function generatedGraphs(): readonly BenchGraph[] {
  return Array.from({ length: 12 }, (_, seed) => {
    const next = mulberry32(seed + 1);
    const durations = Array.from({ length: 30 }, () => 1 + Math.floor(next() * 10));
    const needs = durations.map((_, k) => {
      const count = Math.floor(next() * 4);
      return [...new Set(Array.from({ length: count }, () => Math.floor(next() * k)))].filter(
        (need) => need < k,
      );
    });
    return { name: `generated-${seed + 1}`, durations, needs, published: () => undefined };
  });
}

/** 300 changes of one to six files each, few files in most changes and many in few, as in real histories. */
function generatedHistory(): ChangeHistory {
  const next = mulberry32(1);
  const changes = Array.from({ length: 300 }, () => {
    const files = Array.from({ length: 1 + Math.floor(next() * 6) }, () =>
      Math.floor(logNormal(next, 1.6, 60)),
    );
    return [...new Set(files)];
  });
  return { repo: 'generated', changes };
}
