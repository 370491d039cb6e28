import createClient from 'openapi-fetch';
import type { paths } from './api.generated.d.ts';
import { fetchOrTake } from './read-ahead.ts';

/**
 * The typed client of the API: `await dataOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } } }))`. Every call
 * carries the access token of the session.
 */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: fetchOrTake });

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The JSON that an operation answers with: `Answer<'/api/v1/runs', 'get'>`. */
export type Answer<P extends keyof paths, M extends Method> =
  paths[P] extends Record<M, { responses: infer R }>
    ? { [S in keyof R]: S extends 200 | 201 | 202 ? ContentOf<R[S]> : never }[keyof R]
    : never;

type ContentOf<R> = R extends { content: { 'application/json': infer T } } ? T : never;

/** One item of a list: `Item<'/api/v1/runs'>`. */
export type Item<P extends keyof paths> = Answer<P, 'get'> extends { items: (infer T)[] } ? T : never;

/** Returns a new value for the header Idempotency-Key. A form keeps its key until the call has succeeded. */
export function newKey(): string {
  // crypto.randomUUID is missing on pages that were not loaded by https or from localhost.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
