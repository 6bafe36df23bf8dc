// Answers of a service that speaks Gemini's own way, for the fake one to give.
import type { FakeAnswer } from './fakeMessagesApi';

export type GeminiPart = { readonly text: string } | { readonly tool: string; readonly args: object };

/** @param isStream as its path asks for */
export function geminiAnswer(parts: readonly GeminiPart[], isStream: boolean): FakeAnswer {
  const answer = {
    candidates: [
      {
        content: {
          role: 'model',
          parts: parts.map((part) =>
            'text' in part ? part : { functionCall: { name: part.tool, args: part.args } },
          ),
        },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: 100,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 9,
      totalTokenCount: 109,
    },
    modelVersion: 'fake',
  };
  return isStream
    ? { kind: 'stream', end: 'whole', events: [answer] }
    : { kind: 'page', status: 200, contentType: 'application/json', body: JSON.stringify(answer) };
}
