// Fetch that ends an answer which does not end by itself.
import { sizeText } from '../../core/shared/size';
import { Failure } from '../../ports/failure';

/**
 * No model writes more than 128,000 tokens at once, and the service tells each by an event of some 200 bytes: 26 MB. Words
 * to be kept from that are a tenth.
 */
const mostBytes = 32 * 1024 * 1024;

/** As `asked`; reading the body of an answer beyond that fails with a `Failure` (`unusable`), and its connection is closed. */
export function boundedFetch(asked: typeof fetch): typeof fetch {
  return async (url, init) => {
    const response = await asked(url, init);
    const { body, status, statusText, headers } = response;
    return body === null
      ? response
      : new Response(body.pipeThrough(bound()), { status, statusText, headers });
  };
}

function bound(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes <= mostBytes) controller.enqueue(chunk);
      else controller.error(new Failure('unusable', endless));
    },
  });
}

const endless = `The model service sent more than ${sizeText(mostBytes)} for one answer, which no model writes, and no end of it.`;
