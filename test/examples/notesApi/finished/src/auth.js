// Lets in only those who know the token, if one is set.
import { createHash, timingSafeEqual } from 'node:crypto';

/** Wraps `inner`; expects `Authorization: Bearer <token>`. Without a token everybody comes in. */
export function requireToken(inner, { token }) {
  if (!token) return inner;
  const wanted = digest(token);
  return (request) => {
    const [scheme, given] = (request.headers.authorization ?? '').split(' ');
    const known = scheme.toLowerCase() === 'bearer' && timingSafeEqual(digest(given ?? ''), wanted);
    if (known) return inner(request);
    const body = { error: 'Please send the token: "Authorization: Bearer <token>".' };
    return { status: 401, headers: { 'www-authenticate': 'Bearer' }, body };
  };
}

/** Of one length whatever was sent, so that comparing takes the same time. */
function digest(text) {
  return createHash('sha256').update(text).digest();
}
