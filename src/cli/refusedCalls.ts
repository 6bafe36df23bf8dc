// Which of its agent's calls were refused, for whoever sees an attempt fail: what is wrong with an offline script shows there.
import { oneLine } from '../core/events/describe';
import type { Event } from '../core/events/event';
import type { FeatureId } from '../core/shared/ids';
import { kindOf } from '../core/tools/toolTable';

/** Of one attempt; the rest is counted. */
const mostNamed = 3;

export class RefusedCalls {
  /** Of attempts that are under way. */
  readonly #told = new Map<FeatureId, readonly string[]>();

  /** @returns lines to stand below what is said of the event */
  take(event: Event): readonly string[] {
    switch (event.type) {
      case 'tool.used': {
        if (event.ok || kindOf(event.tool) === 'command') return []; // the exit code of a command is its own
        const call = event.target === undefined ? event.tool : `${event.tool} ${event.target}`;
        const told = this.#told.get(event.featureId) ?? [];
        this.#told.set(event.featureId, [...told, `   refused: ${oneLine(call)}: ${oneLine(event.summary)}`]);
        return [];
      }
      case 'feature.claimed':
      case 'feature.passed':
        this.#told.delete(event.featureId);
        return [];
      case 'feature.failed':
      case 'feature.retried': {
        const told = this.#told.get(event.featureId) ?? [];
        this.#told.delete(event.featureId);
        const more = told.length - mostNamed;
        return [...told.slice(0, mostNamed), ...(more > 0 ? [`   and ${more} more`] : [])];
      }
      default:
        return [];
    }
  }
}
