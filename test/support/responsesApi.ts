// Answers of a service that speaks OpenAI's Responses, for the fake one to give.
import { type FakeAnswer, type FakeEvent, halves } from './fakeMessagesApi';

export type ResponsesItem =
  | { readonly text: string }
  | { readonly tool: string; readonly id: string; readonly json: string }
  /** A tool whose input is a text of its own form, as of a patch. */
  | { readonly custom: string; readonly id: string; readonly input: string };

const responsesUsage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 109,
};

/** A whole answer as it is streamed: each item as it begins and as it is done, then the end with the counts. */
export function responsesStreamed(items: readonly ResponsesItem[]): FakeAnswer & { kind: 'stream' } {
  const response = { id: 'resp_1', object: 'response', model: 'fake', output: [] };
  const done = items.map(itemOf);
  return {
    kind: 'stream',
    end: 'whole',
    events: [
      { type: 'response.created', response: { ...response, status: 'in_progress' } },
      ...done.flatMap((item, output_index) => itemEvents(item, items[output_index], output_index)),
      {
        type: 'response.completed',
        response: { ...response, status: 'completed', output: done, usage: responsesUsage },
      },
    ],
  };
}

function itemOf(item: ResponsesItem, at: number): object {
  if ('text' in item) {
    const content = [{ type: 'output_text', text: item.text, annotations: [] }];
    return { type: 'message', id: `msg_${at}`, role: 'assistant', status: 'completed', content };
  }
  const call = { id: `item_${item.id}`, call_id: item.id, status: 'completed' };
  return 'custom' in item
    ? { ...call, type: 'custom_tool_call', name: item.custom, input: item.input }
    : { ...call, type: 'function_call', name: item.tool, arguments: item.json };
}

function itemEvents(
  item: object,
  told: ResponsesItem | undefined,
  output_index: number,
): readonly FakeEvent[] {
  const isText = told !== undefined && 'text' in told;
  const begun = { ...item, status: 'in_progress', ...(isText && { content: [] }) };
  const where = { item_id: `msg_${output_index}`, output_index, content_index: 0 };
  return [
    { type: 'response.output_item.added', output_index, item: begun },
    ...(isText
      ? halves(told.text).map((delta) => ({ type: 'response.output_text.delta', ...where, delta }))
      : []),
    { type: 'response.output_item.done', output_index, item },
  ];
}
