// Surveys a tree by whatever is quickest for its size.
import { findSurvey } from './findSurvey';
import { type Survey, type SurveyOptions, walkSurvey } from './survey';

/** Below this a walk of our own is done before another program has started. */
const fewEntries = 2_000;

export async function surveyTree(top: string, options: SurveyOptions): Promise<Survey> {
  const isFew = options.about !== undefined && options.about < fewEntries;
  return (isFew ? undefined : await findSurvey(top, options)) ?? walkSurvey(top, options);
}
