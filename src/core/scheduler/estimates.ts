// What is to be expected of a feature before it is built: how long it takes, and which files it will want.
import type { History } from '../events/history';
import type { Feature } from '../features/feature';
import { type Routing, routeModel } from '../routing/routeModel';

export interface Estimates {
  readonly minutesOf: (feature: Feature) => ExpectedMinutes;
  /** By category the files that its features held, most likely first; none where too little is known. */
  readonly likelyFiles: ReadonlyMap<string, readonly LikelyFile[]>;
}

export interface ExpectedMinutes {
  readonly minutes: number;
  /** `guess`: nobody said and nothing like it has been built, so all such features count the same. */
  readonly from: 'estimate' | 'experience' | 'guess';
}

export interface LikelyFile {
  readonly path: string;
  /** Part of the features of this category that held the file, above 0 and at most 1. */
  readonly share: number;
}

/** Minutes of a feature that nobody guessed and nothing was learned about. Only ratios matter. */
export const unknownMinutes = 10;

/** Fewer features than this say nothing about the next one's files; a file in fewer than this part of them neither. */
const fewestPassed = 3;
const leastShare = 0.3;

/**
 * A duration is the feature's estimate, else the mean of its category on the model it will run on, else that of its
 * category, else that of everything built here.
 */
export function estimatesFrom(experience: History, routing: Routing): Estimates {
  const ofAll = mean(experience.flatMap((e) => e.models));
  const learned = new Map<string, number>();
  for (const { category, models } of experience) {
    const ofCategory = mean(models);
    if (ofCategory !== undefined) learned.set(category, ofCategory);
    for (const time of models) {
      const ofModel = mean([time]);
      if (ofModel !== undefined) learned.set(`${time.model} ${category}`, ofModel);
    }
  }
  return {
    minutesOf(feature) {
      const { spec } = feature;
      if (spec.estimate !== undefined) return { minutes: spec.estimate, from: 'estimate' };
      if (ofAll === undefined) return { minutes: unknownMinutes, from: 'guess' };
      const { model } = routeModel(feature, routing);
      const minutes = learned.get(`${model} ${spec.category}`) ?? learned.get(spec.category) ?? ofAll;
      return { minutes, from: 'experience' };
    },
    likelyFiles: new Map(experience.map((known) => [known.category, likelyFilesOf(known)])),
  };
}

function likelyFilesOf({ passed, files }: History[number]): readonly LikelyFile[] {
  if (passed < fewestPassed) return [];
  return files.flatMap(({ path, count }) => {
    const share = Math.min(1, count / passed);
    return share >= leastShare ? [{ path, share }] : [];
  });
}

/** Each step of learned minutes is so much longer than the one before. */
const step = 1.1;

/**
 * Minutes for the order: what was learned in steps of a tenth. Every pass moves a mean by a little, which would move all
 * ranks and change hardly any; so they stay what they are until it comes to something.
 */
export function steadyMinutes({ minutesOf }: Estimates): (feature: Feature) => number {
  return (feature) => {
    const { minutes, from } = minutesOf(feature);
    return from === 'experience' ? step ** Math.round(Math.log(minutes) / Math.log(step)) : minutes;
  };
}

/** In minutes; undefined when nothing was measured, or nothing that took any time. */
function mean(times: History[number]['models']): number | undefined {
  const count = times.reduce((sum, t) => sum + t.count, 0);
  const totalMs = times.reduce((sum, t) => sum + t.totalMs, 0);
  return count > 0 && totalMs > 0 ? totalMs / count / 60_000 : undefined;
}
