import { afterEach, expect, test, vi } from 'vitest';
import { type CollectTurn, collectTurn, type FailedAttempt } from '../../../functions/platform/models/collect-turn.ts';
import { type Model, ModelError, type ModelEvent } from '../../../functions/platform/models/model.ts';
import { requestOf } from './providers/provider-bench.ts';

const usage = { input_tokens: 3, output_tokens: 2, cached_tokens: 0 };
const finish: ModelEvent = { type: 'finish', reason: 'stop', usage };

/** Returns a model that runs the next script with each call. */
function modelOf(...scripts: ((signal: AbortSignal) => AsyncIterable<ModelEvent>)[]): Model {
  let calls = 0;
  return {
    provider: 'rehearsal',
    stream(_, signal) {
      const script = scripts[calls] ?? scripts.at(-1);
      calls += 1;
      if (script === undefined) throw new Error('no script');
      return script(signal);
    },
  };
}

async function* say(...events: ModelEvent[]): AsyncGenerator<ModelEvent> {
  yield* events;
}

// biome-ignore lint/correctness/useYield: a model that fails before its first event.
async function* fail(error: unknown): AsyncGenerator<ModelEvent> {
  throw error;
}

/** A model that never answers and ignores its signal. */
function hang(): AsyncIterable<ModelEvent> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: () => new Promise(() => undefined),
    }),
  };
}

afterEach(() => {
  vi.useRealTimers();
});

function callOf(model: Model, changes: Partial<CollectTurn> = {}): CollectTurn {
  return {
    model,
    request: requestOf(),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    wait: async () => undefined,
    ...changes,
  };
}

test('waits grow exponentially up to a minute', async () => {
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const unavailable = () => fail(new ModelError('unavailable', 'x'));
  await expect(collectTurn(callOf(modelOf(unavailable), { wait, maxAttempts: 4 }))).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(waits).toHaveLength(3);
  waits.forEach((milliseconds, index) => {
    expect(milliseconds).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(milliseconds).toBeLessThanOrEqual(625 * 2 ** index);
  });
  const busy = () => fail(new ModelError('rate_limited', 'x', { retryAfterMs: 3_600_000 }));
  const model = modelOf(busy, () => say({ type: 'text_delta', text: 'ok' }, finish));
  await collectTurn(callOf(model, { wait, timeoutMs: 300_000 }));
  expect(waits.at(-1)).toBe(60_000);
});

test('throws at once with retryAfterMs when the wait exceeds the remaining time', async () => {
  const waits: number[] = [];
  const model = modelOf(() => fail(new ModelError('rate_limited', 'busy', { retryAfterMs: 30_000 })));
  const call = callOf(model, { timeoutMs: 1000, wait: async (milliseconds) => void waits.push(milliseconds) });
  await expect(collectTurn(call)).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 30_000 });
  expect(waits).toEqual([]);
});

// Without the abort the wait would be longer than the test's timeout.
test('an abort ends a wait with its reason, without a second attempt', async () => {
  const control = new AbortController();
  const reason = new Error('cancelled');
  const attempts: number[] = [];
  const model = modelOf(() => fail(new ModelError('rate_limited', 'busy', { retryAfterMs: 60_000 })));
  const { wait: _, ...call } = callOf(model, {
    signal: control.signal,
    timeoutMs: 300_000,
    onAttempt: (attempt) => attempts.push(attempt),
  });
  setTimeout(() => control.abort(reason), 30);
  await expect(collectTurn(call)).rejects.toBe(reason);
  expect(attempts).toEqual([1]);
});

test('a model that ignores its signal is ended by abort, by silence and by the time limit', async () => {
  const control = new AbortController();
  setTimeout(() => control.abort(new Error('cancelled')), 30);
  await expect(collectTurn(callOf(modelOf(hang), { signal: control.signal }))).rejects.toThrow('cancelled');
  await expect(collectTurn(callOf(modelOf(hang), { silenceMs: 30, maxAttempts: 1 }))).rejects.toMatchObject({
    kind: 'timeout',
  });
  await expect(collectTurn(callOf(modelOf(hang), { timeoutMs: 30, silenceMs: 20_000 }))).rejects.toMatchObject({
    kind: 'timeout',
  });
});

test('a slow answer that keeps sending is not ended for silence', async () => {
  vi.useFakeTimers();
  async function* drip(): AsyncGenerator<ModelEvent> {
    for (let count = 0; count < 10; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 900));
      yield { type: 'text_delta', text: '.' };
    }
    yield finish;
  }
  const collected = collectTurn(callOf(modelOf(drip), { timeoutMs: 20_000, silenceMs: 1_000, maxAttempts: 1 }));
  await vi.advanceTimersByTimeAsync(9_000);
  expect((await collected).text).toBe('..........');
});

test('an error other than ModelError is thrown without a retry', async () => {
  const bug = new TypeError('x is not a function');
  const failed: FailedAttempt[] = [];
  await expect(
    collectTurn(
      callOf(
        modelOf(() => fail(bug)),
        { onFailedAttempt: (attempt) => failed.push(attempt) },
      ),
    ),
  ).rejects.toBe(bug);
  expect(failed).toEqual([{ attempt: 1, error: bug, usage: undefined }]);
});

test('every failed attempt, including the last, is reported with its last known usage', async () => {
  const failed: FailedAttempt[] = [];
  async function* half(): AsyncGenerator<ModelEvent> {
    yield { type: 'usage', usage: { ...usage, output_tokens: 1 } };
    yield { type: 'usage', usage };
    throw new ModelError('unavailable', 'cut');
  }
  const call = callOf(modelOf(half), { maxAttempts: 2, onFailedAttempt: (attempt) => failed.push(attempt) });
  await expect(collectTurn(call)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(failed.map(({ attempt, usage: used }) => [attempt, used])).toEqual([
    [1, usage],
    [2, usage],
  ]);
});

const callEvent = (id: string): ModelEvent => ({ type: 'tool_call', call: { id, name: 'look_up', arguments: {} } });

test('an invalid turn, two calls with one id and an endless answer are invalid; each is asked for twice', async () => {
  const wrong: ModelEvent[][] = [
    [
      { type: 'text_delta', text: 'x' },
      { ...finish, usage: { ...usage, input_tokens: -1 } },
    ],
    [callEvent('a'), callEvent('a'), finish],
    [{ type: 'text_delta', text: 'x'.repeat(100_000) }, finish],
  ];
  for (const events of wrong) {
    const attempts: number[] = [];
    const call = callOf(
      modelOf(() => say(...events)),
      { onAttempt: (attempt) => attempts.push(attempt), maxAttempts: 5 },
    );
    await expect(collectTurn(call)).rejects.toMatchObject({ kind: 'invalid_answer' });
    expect(attempts).toEqual([1, 2]);
  }
});

test('an answer without an end, and one that the server interrupted, is retried like a broken connection', async () => {
  for (const end of [[], [{ ...finish, reason: 'interrupted' as const }]]) {
    const model = modelOf(() => say({ type: 'text_delta', text: 'half' }, ...end));
    const failed: FailedAttempt[] = [];
    const call = callOf(model, { onFailedAttempt: (attempt) => failed.push(attempt) });
    await expect(collectTurn(call)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(failed).toHaveLength(3);
    expect(failed.every((attempt) => attempt.usage !== undefined)).toBe(true);
  }
});

test.each<[string, ModelEvent[], RegExp]>([
  ['no text', [finish], /was empty/],
  ['only spaces', [{ type: 'text_delta', text: ' \n ' }, finish], /was empty/],
  ['a call that did not arrive', [{ ...finish, reason: 'tool_calls' }], /no call arrived/],
  ['only thinking up to the limit', [{ ...finish, reason: 'length' }], /limit of 1000 tokens before its first word/],
  [
    'an unknown end',
    [
      { type: 'text_delta', text: 'x' },
      { ...finish, reason: 'unknown', word: 'tired' },
    ],
    /\(tired\)/,
  ],
  ['too many calls', [...Array.from({ length: 200 }, (_, index) => callEvent(`c${index}`)), finish], /more than 128/],
])('%s is a turn with a message to the model, and is not asked for again', async (_, events, fault) => {
  const attempts: number[] = [];
  const call = callOf(
    modelOf(() => say(...events)),
    { onAttempt: (attempt) => attempts.push(attempt) },
  );
  expect(await collectTurn(call)).toMatchObject({ tool_calls: [], fault: expect.stringMatching(fault) });
  expect(attempts).toEqual([1]);
});

test('calls of an answer that ended for an unknown reason run', async () => {
  const turn = await collectTurn(callOf(modelOf(() => say(callEvent('a'), { ...finish, reason: 'unknown' }))));
  expect(turn).toMatchObject({ finish_reason: 'tool_calls', tool_calls: [{ id: 'a' }] });
  expect(turn.fault).toBeUndefined();
});

test('an aborted signal starts no attempt', async () => {
  const attempts: number[] = [];
  const call = callOf(modelOf(hang), {
    signal: AbortSignal.abort(new Error('before')),
    onAttempt: (attempt) => attempts.push(attempt),
  });
  await expect(collectTurn(call)).rejects.toThrow('before');
  expect(attempts).toEqual([]);
});

test.each([
  [
    '```json\n{"name": "look_up", "arguments": {"city": "Paris"}}\n```',
    /code block with a call of look_up, so nothing was run/,
  ],
  ['```json\n{"name": "another", "arguments": {}}\n```', undefined],
  ['So it is called:\n```json\n{"name": "look_up", "arguments": {}}\n```', undefined],
  ['```json\n{"city": "Paris"}\n```', undefined],
])('an answer that is only a code block with a call has a fault: %j', async (text, fault) => {
  const tools = [{ name: 'look_up', description: 'Looks it up.', parameters: { type: 'object' } }];
  const model = modelOf(() => say({ type: 'text_delta', text }, finish));
  const turn = await collectTurn(callOf(model, { request: requestOf({ tools }) }));
  if (fault === undefined) expect(turn.fault).toBeUndefined();
  else expect(turn.fault).toMatch(fault);
});
