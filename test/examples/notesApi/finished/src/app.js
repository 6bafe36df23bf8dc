// Puts the API together: the routes inside, the guards around them. No sockets here, so tests just call it.
import { requireToken } from './auth.js';
import { limitRate } from './rateLimit.js';
import { createRouter } from './router.js';
import { routes as allRoutes } from './routes.js';

/** Each wraps a handler in one that may refuse first. */
const guards = [
  // from the inside out
  requireToken,
  limitRate,
];

/**
 * The whole API as one function from request to response:
 * `{ method, path, query, headers, body, client }` → `{ status, headers?, body? }`, or a promise of it.
 */
export function createApp({ store, routes = allRoutes, ...options }) {
  const router = createRouter(routes, { store, routes });
  return guards.reduce((inner, guard) => guard(inner, options), router);
}
