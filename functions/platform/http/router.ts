import { withoutEndSlash } from './route.ts';
import type { ServedFunction } from './served-function.ts';

/** The function for a method and path, or the reason why there is none. */
type Destination =
  | { kind: 'found'; declaration: ServedFunction }
  | { kind: 'no-such-path' }
  | { kind: 'no-such-method'; allowed: string[] };

export type Router = (method: string, path: string) => Destination;

/**
 * Creates a router. A fixed path takes one lookup. Paths with parameters come after fixed paths, those with the most
 * literal segments first, so that `/memory/search` and `/entities/{path+}/history` win over less specific paths.
 * @throws Error when two functions have the same route
 */
export function createRouter(declarations: readonly ServedFunction[]): Router {
  const fixed = new Map<string, Map<string, ServedFunction>>();
  const patterns: Pattern[] = [];
  for (const declaration of declarations) {
    const { path, method } = declaration.route;
    if (path.includes('{')) patterns.push(patternOf(declaration));
    const methods = fixed.get(path) ?? new Map<string, ServedFunction>();
    const other = methods.get(method);
    if (other) throw new Error(`${other.name} and ${declaration.name} both serve ${method} ${path}`);
    fixed.set(path, methods.set(method, declaration));
  }
  for (const { declaration } of patterns) fixed.delete(declaration.route.path);
  patterns.sort((one, other) => other.weight - one.weight);

  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const exact = fixed.get(withoutEndSlash(path));
    const declaration = exact?.get(wanted);
    if (declaration) return { kind: 'found', declaration };
    const matching = patterns.filter((pattern) => path.startsWith(pattern.prefix) && pattern.match(path) !== undefined);
    const pattern = matching.find((candidate) => candidate.declaration.route.method === wanted);
    if (pattern) return { kind: 'found', declaration: pattern.declaration };
    const methods = new Set([
      ...(exact?.keys() ?? []),
      ...matching.map((candidate) => candidate.declaration.route.method),
    ]);
    if (methods.size === 0) return { kind: 'no-such-path' };
    if (methods.has('GET')) methods.add('HEAD');
    return { kind: 'no-such-method', allowed: [...methods].sort() };
  };
}

interface Pattern {
  declaration: ServedFunction;
  /** The text before the first parameter. It excludes most paths without a regular expression. */
  prefix: string;
  weight: number;
  match(path: string): Record<string, string> | undefined;
}

function patternOf(declaration: ServedFunction): Pattern {
  const { path, match } = declaration.route;
  const segments = path.split('/');
  const literals = segments.filter((segment) => !segment.includes('{')).length;
  const isGreedy = path.includes('+}');
  return {
    declaration,
    prefix: path.slice(0, path.indexOf('{')),
    weight: literals * 100 + segments.length - (isGreedy ? 50 : 0),
    match,
  };
}
