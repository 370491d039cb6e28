import { expect } from 'vitest';
import type { Person, Served } from './serve.ts';

/** Creates an API key of this user, with the scope account:read unless other fields are given. */
export async function createKey(served: Served, person: Person, fields: Record<string, unknown> = {}) {
  const { status, body } = await served.call('POST /api/v1/auth/api-keys', {
    token: person.token,
    body: { name: 'ci', scopes: ['account:read'], ...fields },
  });
  expect(status).toBe(201);
  return body;
}
