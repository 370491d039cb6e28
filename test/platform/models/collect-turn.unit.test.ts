import { afterEach, expect, test, vi } from 'vitest';
import { type CollectTurn, collectTurn, type FailedAttempt } from '../../../functions/platform/models/collect-turn.ts';
import { type Model, ModelError, type ModelEvent } from '../../../functions/platform/models/model.ts';
import { requestOf } from './providers/provider-bench.ts';

const usage = { input_tokens: 3, output_tokens: 2, cached_tokens: 0 };
const finish: ModelEvent = { type: 'finish', reason: 'stop', usage };

/** A model that runs the next script with each call. */
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

/** Never answers and does not heed its signal. */
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

test('waits grow and are capped at a minute', async () => {
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

test('a wait that does not fit into the time left is not begun; the error says when to come back', async () => {
  const waits: number[] = [];
  const model = modelOf(() => fail(new ModelError('rate_limited', 'busy', { retryAfterMs: 30_000 })));
  const call = callOf(model, { timeoutMs: 1000, wait: async (milliseconds) => void waits.push(milliseconds) });
  await expect(collectTurn(call)).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 30_000 });
  expect(waits).toEqual([]);
});

// The wait would be longer than the test may take.
test('an abort ends a real wait with its reason, and there is no second attempt', async () => {
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

test('a model that ignores its signal still ends by abort, by silence and by the whole limit', async () => {
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

test('an answer that drips is not silent, however long it takes in all', async () => {
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

test('a fault that is no ModelError is not tried again and not hidden', async () => {
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

test('every failed attempt is reported with its last known usage, the last one too', async () => {
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

test('a turn of the wrong shape, two calls of one id, and calls without end are invalid answers', async () => {
  const call = (id: string): ModelEvent => ({ type: 'tool_call', call: { id, name: 'look_up', arguments: {} } });
  const wrong = [
    [{ type: 'text_delta', text: 'x' } as const, { ...finish, usage: { ...usage, input_tokens: -1 } }],
    [call('a'), call('a'), finish],
    [...Array.from({ length: 200 }, (_, index) => call(`c${index}`)), finish],
    [{ type: 'text_delta', text: 'no finish' } as const],
    [{ ...finish, reason: 'tool_calls' as const }],
  ];
  for (const events of wrong) {
    await expect(
      collectTurn(
        callOf(
          modelOf(() => say(...events)),
          { maxAttempts: 1 },
        ),
      ),
    ).rejects.toMatchObject({ kind: 'invalid_answer' });
  }
});

test('an aborted signal starts nothing', async () => {
  const attempts: number[] = [];
  const call = callOf(modelOf(hang), {
    signal: AbortSignal.abort(new Error('before')),
    onAttempt: (attempt) => attempts.push(attempt),
  });
  await expect(collectTurn(call)).rejects.toThrow('before');
  expect(attempts).toEqual([]);
});
