import type { Role } from '../database/database.ts';

/**
 * Who may call an endpoint: `public` (rate limited by address), `internal` (a service account of ours by OIDC), or `<area>:<right>`: a signed-in
 * person whose role carries the right, or an API key that has the scope and whose creator's role does.
 */
export type Access = 'public' | 'internal' | Scope;
export type Scope = `${Area}:${Right}`;
export type Area = 'account' | 'tenant' | 'runs' | 'memory' | 'documents' | 'tools';
export type Right = 'read' | 'write' | 'admin';

/** Every scope that an API key can have. */
export const SCOPES: readonly Scope[] = (
  ['account', 'tenant', 'runs', 'memory', 'documents', 'tools'] as const
).flatMap((area) => (['read', 'write', 'admin'] as const).map((right): Scope => `${area}:${right}`));

const ROLE_OF_RIGHT: Record<Right, Role> = { read: 'viewer', write: 'member', admin: 'admin' };

/** The least role that a scope asks for. One's own account is everybody's to change. */
export function minimumRole(scope: Scope): Role {
  const [area, right] = scope.split(':');
  if (area === 'account') return 'viewer';
  return right === 'read' || right === 'write' || right === 'admin' ? ROLE_OF_RIGHT[right] : 'admin';
}
