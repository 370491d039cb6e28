/**
 * A route, written `GET /api/v1/sprints/{id}`. `{path+}` matches the rest of the path with its slashes. A path must
 * match exactly: no trailing slash, no empty segment, no other case and no dot segments, so one resource has one
 * address.
 */
export interface Route {
  method: Method;
  path: string;
  /** Returns the decoded parameters of a path, or undefined when the path does not match. */
  match(pathname: string): Record<string, string> | undefined;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export type RouteText = `${Method} /${string}`;

export function parseRoute(text: RouteText): Route {
  const [method, path = ''] = text.split(' ', 2);
  if (!isMethod(method)) throw new Error(`The route ${text} has no known method`);
  const names: string[] = [];
  const source = path.replace(/\{(\w+)(\+?)\}|[.*+?^$()|[\]\\]/g, (matched, name: string | undefined, rest: string) => {
    if (name === undefined) return `\\${matched}`;
    names.push(name);
    return rest === '+' ? '([^/;]+(?:/[^/;]+)*)' : '([^/;]+)';
  });
  const pattern = new RegExp(`^${source}$`);
  return {
    method,
    path,
    match: (pathname) => {
      if (names.length === 0) return pathname === path ? {} : undefined;
      const found = pattern.exec(pathname);
      return found ? decodeAll(names, found.slice(1)) : undefined;
    },
  };
}

function isMethod(text: string | undefined): text is Method {
  return METHODS.some((method) => method === text);
}

/** Returns undefined when a value is not valid percent-encoding or contains an encoded dot segment. */
function decodeAll(names: string[], values: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    try {
      const value = decodeURIComponent(values[index] ?? '');
      if (value.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
      parameters[name] = value;
    } catch {
      return undefined;
    }
  }
  return parameters;
}
