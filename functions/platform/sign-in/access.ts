import type { Role } from '../database/database.ts';

const AREAS = ['account', 'tenant', 'runs', 'memory', 'documents', 'tools', 'chat', 'agents', 'village'] as const;

/**
 * Who may call an endpoint: `public` is anyone, rate limited by address; `internal` is our own service account, by OIDC
 * token; `signed-in` is any user and any API key, whatever its scopes; `<area>:<right>` is a signed-in user whose role
 * includes the right, or an API key that has the scope and whose creator's role includes the right.
 */
export type Access = 'public' | 'internal' | 'signed-in' | Scope;
export type Scope = `${Area}:${Right}`;
type Area = (typeof AREAS)[number];
type Right = 'read' | 'write' | 'admin';

/** Every scope that an API key can have. */
export const SCOPES: readonly Scope[] = AREAS.flatMap((area) =>
  (['read', 'write', 'admin'] as const).map((right): Scope => `${area}:${right}`),
);

const ROLE_OF_RIGHT: Record<Right, Role> = { read: 'viewer', write: 'member', admin: 'admin' };

/** Returns the lowest role that has this scope. Every user may change their own account. */
export function minimumRole(scope: Scope | 'signed-in'): Role {
  const [area, right] = scope.split(':');
  if (area === 'account' || area === 'signed-in') return 'viewer';
  return right === 'read' || right === 'write' || right === 'admin' ? ROLE_OF_RIGHT[right] : 'admin';
}
