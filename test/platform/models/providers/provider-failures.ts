import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ModelError } from '../../../../functions/platform/models/model.ts';
import { waitFor } from '../../../support/local-server.ts';
import { KEY, openBench, PROMPT, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';

/** What every provider promises of a turn that fails, through its real SDK and a server that speaks its wire. */
export function testProviderFailures(provider: ProviderUnderTest): void {
  const { start, collect } = openBench(provider);

  test('429 is tried again after the time that the provider names', async () => {
    const { turn, waits, server } = await collect((_, index) =>
      index === 0 ? { failure: { status: 429, retryAfterSeconds: 3, code: 'RESOURCE_EXHAUSTED' } } : { text: 'now' },
    );
    expect(turn).toMatchObject({ text: 'now' });
    expect(server.requests).toHaveLength(2);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(3000);
    expect(waits[0]).toBeLessThanOrEqual(3750);
  });

  test.each([500, 503, 529])('%i is tried three times in all, by us alone', async (status) => {
    const { turn, server, waits } = await collect(() => ({ failure: { status } }));
    expect(turn).toMatchObject({ name: 'ModelError', kind: 'unavailable', retryable: true });
    expect(server.requests).toHaveLength(3);
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [400, 'rejected'],
    [404, 'rejected'],
  ])('%i is %s and not tried again; neither key nor prompt shows', async (status, kind) => {
    const { turn, server } = await collect((request) => ({
      // A provider that quotes everything back.
      failure: {
        status,
        message: `bad key ${KEY} in ${JSON.stringify(request.headers)} for ${JSON.stringify(request.body)}`,
        code: KEY,
      },
    }));
    expect(turn).toBeInstanceOf(ModelError);
    expect(turn).toMatchObject({ kind, retryable: false });
    expect(server.requests).toHaveLength(1);
    expect(JSON.stringify(server.requests[0]?.headers)).toContain(KEY);
    expect(inspect(turn, { depth: 10 })).not.toContain(KEY);
    expect(inspect(turn, { depth: 10 })).not.toContain(PROMPT);
    expect(inspect(turn)).toContain(String(status));
  });

  test('a connection cut in mid-answer is tried again; what was said is reported void and booked', async () => {
    const seen: string[] = [];
    const { turn, failed } = await collect(
      (_, index) =>
        index === 0 ? { chunks: ['one ', 'two ', 'three'], cutAfter: 2, usage: { input: 40 } } : { text: 'whole' },
      { onAttempt: (attempt) => seen.push(`#${attempt}`), onDelta: (text) => seen.push(text) },
    );
    expect(turn).toMatchObject({ text: 'whole' });
    expect(seen).toEqual(['#1', 'one ', 'two ', '#2', 'whole']);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ attempt: 1, error: { kind: 'unavailable' } });
    // OpenAI reports usage in its last chunk only.
    if (provider.name !== 'openai') expect(failed[0]?.usage).toMatchObject({ input_tokens: 40 });
  });

  test('a stream that ends cleanly without a finish is an invalid answer', async () => {
    const { turn, server } = await collect(() => ({ text: 'half a sent', withoutFinish: true }));
    expect(turn).toMatchObject({ kind: 'invalid_answer', retryable: true });
    expect(server.requests).toHaveLength(3);
  });

  test('an empty answer is an invalid answer, and its usage is booked', async () => {
    const { turn, failed } = await collect((_, index) => (index < 1 ? { usage: { input: 33 } } : { text: 'full' }));
    expect(turn).toMatchObject({ text: 'full' });
    expect(failed).toMatchObject([{ attempt: 1, error: { kind: 'invalid_answer' }, usage: { input_tokens: 33 } }]);
  });

  test('text that is no event is an invalid answer and is not quoted', async () => {
    const { turn } = await collect(() => ({ text: 'a', rawFrame: `event: message\ndata: {"oops": ${PROMPT}\n\n` }));
    expect(turn).toBeInstanceOf(ModelError);
    expect(String(turn)).not.toContain(PROMPT);
  });

  test.each(['not json', '[1]', '"text"', '{"city":'])(
    'arguments %s are an invalid answer, tried again',
    async (rawArguments) => {
      const { turn, server } = await collect((_, index) =>
        index === 0 ? { toolCalls: [{ name: 'look_up', rawArguments }] } : { text: 'sorry' },
      );
      expect(server.requests).toHaveLength(2);
      expect(turn).toMatchObject({ text: 'sorry' });
    },
  );

  test('silence before the first byte ends in a timeout and closes the connection', async () => {
    // Once no header, once a header and then nothing.
    const { turn, server, failed } = await collect(
      (_, index) => (index === 0 ? { delayMs: 2000, text: 'late' } : { silentAfter: 0, text: 'never' }),
      { timeoutMs: 20_000, silenceMs: 100, maxAttempts: 2 },
    );
    expect(turn).toMatchObject({ kind: 'timeout', retryable: true });
    expect(failed).toHaveLength(2);
    expect(server.requests).toHaveLength(2);
    await waitFor('both connections to be closed', () => server.requests.every(({ isAborted }) => isAborted));
  });

  test('an answer slower than the whole limit ends in a timeout, however steadily it drips', async () => {
    // It would drip for ever, and is never silent for long.
    const { turn, server } = await collect(() => ({ chunks: ['x'], isEndless: true, chunkDelayMs: 20 }), {
      timeoutMs: 250,
      silenceMs: 20_000,
    });
    expect(turn).toMatchObject({ kind: 'timeout', message: expect.stringContaining('within 250 ms') });
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
    expect(server.requests).toHaveLength(1);
  });

  test('an endless answer is cut off by its size', async () => {
    const { turn, server } = await collect(() => ({ chunks: ['x'.repeat(5000)], isEndless: true }), { maxAttempts: 1 });
    expect(turn).toMatchObject({ kind: 'invalid_answer', message: 'The model answered without end' });
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
  });

  // The model says nothing more: without the abort the call would last for its whole limit.
  test('an abort in mid-answer throws its reason and closes the connection', async () => {
    const control = new AbortController();
    const reason = new Error('the run was cancelled');
    const { turn, server, failed } = await collect(() => ({ chunks: ['a', 'b', 'c'], silentAfter: 2 }), {
      signal: control.signal,
      onDelta: (text) => text === 'b' && control.abort(reason),
    });
    expect(turn).toBe(reason);
    expect(failed).toHaveLength(1);
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
    expect(server.requests).toHaveLength(1);
  });

  test('the stream itself throws the reason of an abort, also of one before it starts', async () => {
    const { model, server } = await start(() => ({ chunks: ['a', 'b'], silentAfter: 1 }));
    const reason = new Error('enough');
    await expect(readAll(model.stream(requestOf(), AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
    const control = new AbortController();
    setTimeout(() => control.abort(reason), 50);
    await expect(readAll(model.stream(requestOf(), control.signal))).rejects.toBe(reason);
  });

  test('a consumer that leaves early closes the connection', async () => {
    const { model, server } = await start(() => ({ chunks: ['a'], isEndless: true }));
    for await (const event of model.stream(requestOf(), new AbortController().signal)) {
      if (event.type === 'text_delta') break;
    }
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
  });

  test('a server that is not there is unavailable', async () => {
    const { server, model } = await start(() => ({ text: 'x' }));
    await server.close();
    await expect(readAll(model.stream(requestOf(), new AbortController().signal))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
}
