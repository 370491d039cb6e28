/**
 * A route, written `GET /api/v1/sprints/{id}`. `{path+}` matches the rest of the path with its slashes. A path must
 * match exactly: no empty segment, no other case and no dot segments. One slash at the end is ignored, because some
 * clients always send it; a redirect would turn their POST into a GET.
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
    match: (sent) => {
      const pathname = withoutEndSlash(sent);
      if (names.length === 0) return pathname === path ? {} : undefined;
      const found = pattern.exec(pathname);
      return found ? decodeAll(names, found.slice(1)) : undefined;
    },
  };
}

/** Returns a path without the slash at its end, if it has one. */
export function withoutEndSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
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
