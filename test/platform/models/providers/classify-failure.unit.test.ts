import { expect, test } from 'vitest';
import { classifyFailure, readRetryAfter } from '../../../../functions/platform/models/providers/classify-failure.ts';

const now = Date.parse('2026-11-21T10:00:00Z');

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '1e9' }, undefined],
  [{}, undefined],
])('%j asks for %s ms', (headers, expected) => {
  expect(readRetryAfter(new Headers(headers), now)).toBe(expected);
});

test('an error of our own code is not classified as a provider failure', () => {
  expect(classifyFailure('openai', new TypeError('x is not a function'))).toBeUndefined();
  expect(classifyFailure('openai', new ReferenceError('x'))).toBeUndefined();
  expect(classifyFailure('openai', 'a string')).toBeUndefined();
});

test.each([
  [503, true],
  [429, true],
  [529, true],
  [500, false],
  [400, false],
])('after %i the server is away: %s', (status, isAway) => {
  expect(classifyFailure('openai', Object.assign(new Error('no'), { status }))).toMatchObject({ isAway });
});

test('a server that cannot be reached is away, one that fails inside its answer is not', () => {
  const refused = new Error('Connection error.', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
  expect(classifyFailure('openai', refused)).toMatchObject({ kind: 'unavailable', isAway: true });
  const inStream = Object.assign(new Error('no'), { error: { message: 'no' } });
  expect(classifyFailure('openai', inStream)).toMatchObject({ kind: 'unavailable', isAway: false });
});

test('a refusal without a known cause names the model and quotes the server, but not the prompt', () => {
  const error = Object.assign(new Error('400 Field x is missing in: write about my cat'), { status: 400 });
  const request = { model: 'm1', system: '', messages: [], tools: [], maxOutputTokens: 1 };
  const asked = { ...request, messages: [{ role: 'user' as const, text: 'Write about my cat' }] };
  expect(classifyFailure('openai', error, undefined, asked)?.message).toBe(
    'openai rejected the request as invalid (model m1): “Field x is missing in:”',
  );
});

test('a broken connection is unavailable, and the message has the system code', () => {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  expect(classifyFailure('claude', new TypeError('terminated', { cause }))).toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('UND_ERR_SOCKET'),
  });
});
