/** The scopes of API keys, by area and right. Pure. */

export const AREAS = [
  'account',
  'tenant',
  'runs',
  'memory',
  'documents',
  'tools',
  'chat',
  'agents',
  'village',
] as const;
export const RIGHTS = ['read', 'write', 'admin'] as const;
export type Scope = `${(typeof AREAS)[number]}:${(typeof RIGHTS)[number]}`;

const ROLES = ['viewer', 'member', 'admin'] as const;
type Role = (typeof ROLES)[number];

/** Whether the role of a key's creator includes the scope. The server decides; this keeps useless boxes away. */
export function isWithin(role: Role, scope: Scope): boolean {
  const [area, right] = scope.split(':');
  const needed = area === 'account' ? 'viewer' : right === 'admin' ? 'admin' : right === 'write' ? 'member' : 'viewer';
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Returns "runs: read, write" for each area of the scopes, in the order of the areas. */
export function describeScopes(scopes: readonly string[], names: Readonly<Record<string, string>>): string[] {
  const areas = new Map<string, string[]>();
  for (const scope of scopes) {
    const [area = scope, right = ''] = scope.split(':');
    areas.set(area, [...(areas.get(area) ?? []), right]);
  }
  const known: readonly string[] = AREAS;
  const order = (area: string) => known.indexOf(area);
  return [...areas]
    .sort(([one], [other]) => order(one) - order(other))
    .map(([area, rights]) => `${names[area] ?? area}: ${rights.join(', ')}`);
}
