import { expect, test } from 'vitest';
import { scopesBeyond } from '../../../../functions/identity/api-key.ts';
import { CONFIGURABLE } from '../../../../functions/identity/tenant.ts';
import { SCOPES } from '../../../../functions/platform/sign-in/access.ts';
import { AREAS, describeScopes, isWithin, RIGHTS } from '../../../../web/rooms/settings/scopes.ts';
import { WORKERS } from '../../../../web/rooms/settings/tenant.ts';

test('has the scopes and the roles of the server', () => {
  const scopes = AREAS.flatMap((area) => RIGHTS.map((right) => `${area}:${right}` as const));
  expect(scopes.toSorted()).toEqual(SCOPES.toSorted());
  for (const role of ['viewer', 'member', 'admin'] as const)
    expect(scopes.filter((scope) => !isWithin(role, scope))).toEqual(scopesBeyond(role, scopes));
});

test('has the workers that the server lets a team configure', () => {
  expect(WORKERS.toSorted()).toEqual(CONFIGURABLE.toSorted());
});

test('describes scopes by area', () => {
  expect(describeScopes(['runs:write', 'memory:read', 'runs:read', 'new:read'], { runs: 'Runs' })).toEqual([
    'new: read',
    'Runs: write, read',
    'memory: read',
  ]);
});
