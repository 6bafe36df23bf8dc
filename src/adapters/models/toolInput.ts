// The input of a tool call as a service writes it and takes it back, whichever protocol it speaks.
import { type Fields, isObject } from '../../core/shared/fields';

/** The input, or the raw text where it is not JSON: the agent tells the model what is wrong with it. */
export function parsedInput(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** Services take back objects only; what was no JSON is shown to the model as the text it was. */
export function inputObject(input: unknown): Fields {
  return isObject(input) ? input : { not_json: String(input) };
}
