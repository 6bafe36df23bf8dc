// Tries a key for a client, by the way that agents would take.
import { tryKey as askService } from '../adapters/models/tryKey';
import type { ServiceProvider } from '../core/models/providers';
import { type EditorProxy, readProxies } from '../core/shared/proxies';
import { ok, type Result, refuse } from '../core/shared/result';
import { Failure } from '../ports/failure';

/** Refuses with the service's own words when it does not take the key, or cannot be asked. */
export async function tryKey(
  { kind, baseUrl, apiKey, keyCheckPath }: ServiceProvider & { readonly apiKey: string },
  environment: Readonly<Record<string, string | undefined>>,
  proxy: EditorProxy | undefined,
): Promise<Result<object>> {
  try {
    await askService({ kind, baseUrl, apiKey, proxies: readProxies(environment, proxy) }, keyCheckPath);
    return ok({});
  } catch (error) {
    if (Failure.is(error)) return refuse('badInput', error.message);
    throw error;
  }
}
