import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ModelError } from '../../../../functions/platform/models/model.ts';
import { waitFor } from '../../../support/local-server.ts';
import { KEY, openBench, PROMPT, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';

/** Tests of failed turns for every provider, with its real SDK and a server that speaks its wire format. */
export function testProviderFailures(provider: ProviderUnderTest): void {
  const { start, collect } = openBench(provider);

  test('429 is retried after the wait that the provider asks for', async () => {
    const { turn, waits, server } = await collect((_, index) =>
      index === 0 ? { failure: { status: 429, retryAfterSeconds: 3, code: 'RESOURCE_EXHAUSTED' } } : { text: 'now' },
    );
    expect(turn).toMatchObject({ text: 'now' });
    expect(server.requests).toHaveLength(2);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(3000);
    expect(waits[0]).toBeLessThanOrEqual(3750);
  });

  test.each([500, 503, 529])('%i is tried three times in total, without retries of the SDK', async (status) => {
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
  ])('%i is %s and not retried; the error contains neither key nor prompt', async (status, kind) => {
    const { turn, server } = await collect((request) => ({
      // The provider repeats the whole request.
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

  test.each([
    ['prompt is too long: 213456 tokens > 200000 maximum', /213,456 tokens; at most 200,000/],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', /1,200,000 tokens/],
    ["This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 + 1000).", /longer/],
    ['the request exceeds the available context size. try increasing it', /window: give a smaller task/],
  ])('a prompt that is too long (%s) is told to the user and not retried', async (message, says) => {
    const { turn, waits } = await collect(() => ({ failure: { status: 400, message, code: 'INVALID_ARGUMENT' } }));
    expect(turn).toMatchObject({ kind: 'too_long', retryable: false, message: expect.stringMatching(says) });
    expect(waits).toEqual([]);
  });

  test.each([
    [400, 'Your credit balance is too low to access the API.', 'has no credit left'],
    [402, 'Payment Required', 'has no credit left'],
    [401, 'nope', 'rejected the API key'],
    [403, 'nope', 'check what the API key may use'],
    [404, 'nope', 'does not know the model'],
    [413, 'nope', "longer than the model's context window"],
    [400, 'registry.local/tiny does not support tools', 'tools'],
    [400, 'The prompt triggered our content management policy.', 'content filter'],
    [400, 'Some field is not what it should be', 'rejected the request as invalid'],
  ])('a permanent %i (%s) tells the cause in words', async (status, message, cause) => {
    const { turn, server } = await collect(() => ({ failure: { status, message, code: 'INVALID_ARGUMENT' } }));
    expect(turn).toMatchObject({ retryable: false, message: expect.stringContaining(cause) });
    expect(String(turn)).not.toMatch(/\b4\d\d\b|INVALID_ARGUMENT/);
    expect(server.requests).toHaveLength(1);
  });

  test('a connection cut during an answer is retried; the text is reported as invalid and its usage booked', async () => {
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
    // OpenAI reports usage only in its last chunk.
    if (provider.name !== 'openai') expect(failed[0]?.usage).toMatchObject({ input_tokens: 40 });
  });

  test('a stream that ends cleanly without a finish is retried like a broken connection', async () => {
    const { turn, server } = await collect(() => ({ text: 'half a sent', withoutFinish: true }));
    expect(turn).toMatchObject({ kind: 'unavailable', retryable: true });
    expect(server.requests).toHaveLength(3);
  });

  test('an empty answer is asked for once, booked, and tells the model what was wrong', async () => {
    const { turn, failed, server } = await collect(() => ({ text: ' \n', usage: { input: 33 } }));
    expect(turn).toMatchObject({
      tool_calls: [],
      usage: { input_tokens: 33 },
      fault: expect.stringContaining('was empty'),
    });
    expect(failed).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('text that is not an event is retried like a broken connection, and the error does not quote it', async () => {
    const { turn, server } = await collect(() => ({
      text: 'a',
      rawFrame: `event: message\ndata: {"oops": ${PROMPT}\n\n`,
    }));
    expect(turn).toMatchObject({ name: 'ModelError', kind: 'unavailable' });
    expect(String(turn)).not.toContain(PROMPT);
    expect(server.requests).toHaveLength(3);
  });

  test.each(['not json', '[1]', '"text"', '{"city":', '{"city": "say "hi""}', '{"a":1}{"b":2}', '{"c":"x"} y"}'])(
    'arguments %s are a fault that the model reads, not another request',
    async (rawArguments) => {
      if (provider.name === 'gemini') return;
      const { turn, server } = await collect(() => ({
        toolCalls: [
          { name: 'look_up', rawArguments },
          { name: 'look_up', arguments: { city: 'Rom' } },
        ],
      }));
      expect(server.requests).toHaveLength(1);
      expect(turn).toMatchObject({
        finish_reason: 'tool_calls',
        tool_calls: [
          { name: 'look_up', arguments: {}, fault: expect.stringContaining('arguments of look_up cannot be read') },
          { arguments: { city: 'Rom' } },
        ],
      });
    },
  );

  test('silence before the first byte ends in a timeout and closes the connection', async () => {
    // First no header, then a header and no body.
    const { turn, server, failed } = await collect(
      (_, index) => (index === 0 ? { delayMs: 2000, text: 'late' } : { silentAfter: 0, text: 'never' }),
      { timeoutMs: 20_000, silenceMs: 100, maxAttempts: 2 },
    );
    expect(turn).toMatchObject({ kind: 'timeout', retryable: true });
    expect(failed).toHaveLength(2);
    expect(server.requests).toHaveLength(2);
    await waitFor('both connections to be closed', () => server.requests.every(({ isAborted }) => isAborted));
  });

  test('an answer slower than the time limit ends in a timeout, even when it keeps sending', async () => {
    // The answer never ends and is never silent for long.
    const { turn, server } = await collect(() => ({ chunks: ['x'], isEndless: true, chunkDelayMs: 20 }), {
      timeoutMs: 250,
      silenceMs: 20_000,
    });
    expect(turn).toMatchObject({ kind: 'timeout', message: expect.stringContaining('within 250 ms') });
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
    expect(server.requests).toHaveLength(1);
  });

  test('an endless answer is cut off at the size limit', async () => {
    const { turn, server } = await collect(() => ({ chunks: ['x'.repeat(5000)], isEndless: true }), { maxAttempts: 1 });
    expect(turn).toMatchObject({ kind: 'invalid_answer', message: 'The model answered without end' });
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
  });

  // The model sends nothing more: without the abort the call would last until its time limit.
  test('an abort during an answer throws its reason and closes the connection', async () => {
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

  test('the stream throws the reason of an abort, also of an abort before it starts', async () => {
    const { model, server } = await start(() => ({ chunks: ['a', 'b'], silentAfter: 1 }));
    const reason = new Error('enough');
    await expect(readAll(model.stream(requestOf(), AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
    const control = new AbortController();
    setTimeout(() => control.abort(reason), 50);
    await expect(readAll(model.stream(requestOf(), control.signal))).rejects.toBe(reason);
  });

  test('the connection is closed when the consumer stops early', async () => {
    const { model, server } = await start(() => ({ chunks: ['a'], isEndless: true }));
    for await (const event of model.stream(requestOf(), new AbortController().signal)) {
      if (event.type === 'text_delta') break;
    }
    await waitFor('the connection to be closed', () => server.requests[0]?.isAborted);
  });

  test('a server that does not exist is unavailable', async () => {
    const { server, model } = await start(() => ({ text: 'x' }));
    await server.close();
    await expect(readAll(model.stream(requestOf(), new AbortController().signal))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });
}
