import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { keyedRequest, takesKey } from '../../../functions/platform/http/idempotency.ts';

function keyed(content: unknown, more: { route?: string; params?: Record<string, string>; key?: string } = {}) {
  const { route = 'POST /runs/{id}/cancel', params = { id: 'run_a' }, key = 'k' } = more;
  const request = new IncomingMessage(new Socket());
  request.headers['idempotency-key'] = key;
  return keyedRequest(request, { route, params, query: {}, content });
}

test('a key belongs to the path with its parameters', () => {
  expect(keyed({})?.route).toBe('POST /runs/run_a/cancel');
  expect(keyed({}, { params: { id: 'run_b' } })?.route).toBe('POST /runs/run_b/cancel');
  expect(keyed({}, { params: { id: 'a/cancel' } })?.route).toBe('POST /runs/a%2Fcancel/cancel');
});

test('the hash is of what was sent: fields in any order are the same, a field with its default is not', () => {
  const sent = keyed({ a: 1, b: { c: 'x', d: [1, 2] } })?.hash;
  expect(keyed({ b: { d: [1, 2], c: 'x' }, a: 1.0 })?.hash).toBe(sent);
  const others = [{ a: 1 }, { a: 1, b: { c: 'x', d: [2, 1] } }, { a: '1', b: { c: 'x', d: [1, 2] } }, undefined, null];
  for (const other of others) expect(keyed(other)?.hash, JSON.stringify(other)).not.toBe(sent);
});

test('rejects a key that is empty, long or not visible', () => {
  for (const key of ['', 'x'.repeat(256), 'a b', 'ä', '\u200b'])
    expect(() => keyed({}, { key })).toThrow(/1 to 255 visible/);
});

test('every POST that may write takes a key unless its contract says otherwise', () => {
  expect(takesKey({ route: 'POST /a', access: 'runs:write' })).toBe(true);
  expect(takesKey({ route: 'POST /a', access: 'runs:read' })).toBe(false);
  expect(takesKey({ route: 'POST /a', access: 'runs:read', idempotent: true })).toBe(true);
  expect(takesKey({ route: 'POST /a', access: 'runs:write', idempotent: false })).toBe(false);
  expect(takesKey({ route: 'PATCH /a', access: 'tenant:admin' })).toBe(false);
  expect(takesKey({ route: 'POST /a', access: 'public' })).toBe(false);
});
