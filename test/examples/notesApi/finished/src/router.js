// Finds the route for a request: `/notes/:id` fits `/notes/7` and hands the handler `{ id: '7' }`.

/**
 * @param routes `{ method, path, summary, handle(request, context) }`, the first that fits answers
 * @param context given to every handler
 */
export function createRouter(routes, context) {
  return (request) => {
    const path = segmentsOf(request.path);
    if (!path) return { status: 400, body: { error: `${request.path} is not a well-formed path.` } };
    const fitting = routes.flatMap((route) => {
      const params = match(route.path.split('/'), path);
      return params ? [{ route, params }] : [];
    });
    if (fitting.length === 0) return { status: 404, body: { error: `Nothing lives at ${request.path}.` } };
    const found = fitting.find(({ route }) => route.method === request.method);
    if (found) return found.route.handle({ ...request, params: found.params }, context);
    const allow = [...new Set(fitting.map(({ route }) => route.method))].join(', ');
    return {
      status: 405,
      headers: { allow },
      body: { error: `${request.path} does not know ${request.method}.` },
    };
  };
}

/** Split before it is decoded: an encoded slash is part of a name. */
function segmentsOf(path) {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function match(pattern, path) {
  if (pattern.length !== path.length) return undefined;
  const params = {};
  for (const [at, part] of pattern.entries()) {
    if (part.startsWith(':') && path[at] !== '') params[part.slice(1)] = path[at];
    else if (part !== path[at]) return undefined;
  }
  return params;
}
