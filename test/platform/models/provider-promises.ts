import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { type CollectTurn, collectTurn, type FailedAttempt } from '../../../functions/platform/models/collect-turn.ts';
import {
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type ToolDeclaration,
  Usage,
} from '../../../functions/platform/models/model.ts';
import type { ScriptedHandler, ScriptedServer } from '../../support/scripted-provider.ts';

/** The key that every test signs in with; no error may show it. */
export const KEY = 'sk-test-4242424242424242';
const PROMPT = 'the-secret-plan-of-the-prompt';

export interface ProviderUnderTest {
  name: 'gemini' | 'claude' | 'openai';
  start(answer: ScriptedHandler): Promise<ScriptedServer>;
  open(url: string): Promise<Model>;
}

const lookUp: ToolDeclaration = {
  name: 'look_up',
  description: 'Looks a city up',
  parameters: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

export function requestOf(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'scripted-model',
    system: 'You are the research worker\nBe brief.',
    messages: [{ role: 'user', text: PROMPT }],
    tools: [lookUp],
    maxOutputTokens: 1000,
    temperature: 0.2,
    ...changes,
  };
}

export async function readAll(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** What every provider promises, through its real SDK and a server that speaks its wire. */
export function testProviderPromises(provider: ProviderUnderTest): void {
  const servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function start(answer: ScriptedHandler): Promise<{ server: ScriptedServer; model: Model }> {
    const server = await provider.start(answer);
    servers.push(server);
    return { server, model: await provider.open(server.url) };
  }

  /** Collects with waits that are noted and not waited for. */
  async function collect(answer: ScriptedHandler, changes: Partial<CollectTurn> = {}) {
    const { server, model } = await start(answer);
    const waits: number[] = [];
    const failed: FailedAttempt[] = [];
    const turn = await collectTurn({
      model,
      request: requestOf(),
      signal: new AbortController().signal,
      timeoutMs: 10_000,
      wait: async (milliseconds) => void waits.push(milliseconds),
      onFailedAttempt: (attempt) => failed.push(attempt),
      ...changes,
    }).catch((error: unknown) => error);
    return { server, turn, waits, failed };
  }

  test('text comes in pieces and the request arrives whole', async () => {
    const { server, model } = await start(() => ({ chunks: ['Hel', 'lo ', 'wörld'] }));
    const events = await readAll(model.stream(requestOf(), new AbortController().signal));
    expect(events.filter((event) => event.type === 'text_delta').map((event) => event.text)).toEqual([
      'Hel',
      'lo ',
      'wörld',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    expect(events.filter((event) => event.type === 'finish')).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({
      model: 'scripted-model',
      system: 'You are the research worker\nBe brief.',
      messages: [{ role: 'user', text: PROMPT }],
      tools: [{ name: 'look_up', description: 'Looks a city up' }],
    });
    const { $schema: _, ...schema } = lookUp.parameters;
    expect(request?.tools[0]?.parameters).toEqual(schema);
  });

  test('usage counts cached input within input and thinking within output', async () => {
    const { turn } = await collect(() => ({
      text: 'ok',
      thinking: 'hm',
      usage: { input: 100, output: 20, cached: 60, thinking: 5 },
    }));
    expect(turn).toMatchObject({ usage: { input_tokens: 100, output_tokens: 25, cached_tokens: 60 } });
  });

  test('thinking is not part of the text', async () => {
    const { turn } = await collect(() => ({ text: 'answer', thinking: 'secret thought' }));
    expect(turn).toMatchObject({ text: 'answer', finish_reason: 'stop' });
  });

  test('one tool call', async () => {
    const { turn } = await collect(() => ({
      toolCalls: [{ id: 'c1', name: 'look_up', arguments: { city: 'Paris' } }],
    }));
    expect(turn).toMatchObject({
      finish_reason: 'tool_calls',
      tool_calls: [{ id: 'c1', name: 'look_up', arguments: { city: 'Paris' } }],
    });
  });

  test('three tool calls in one turn keep their order and have ids of their own', async () => {
    const cities = ['Paris', 'Rom', 'Oslo'];
    const { turn } = await collect(() => ({
      text: 'Three at once.',
      // The same id three times, as some local servers send.
      toolCalls: cities.map((city) => ({
        id: 'same',
        name: 'look_up',
        arguments: { city, deep: { list: [1, null] } },
      })),
    }));
    expect(turn).toMatchObject({
      text: 'Three at once.',
      tool_calls: cities.map((city) => ({ name: 'look_up', arguments: { city, deep: { list: [1, null] } } })),
    });
    const calls =
      turn instanceof Error || typeof turn !== 'object' || turn === null || !('tool_calls' in turn)
        ? []
        : turn.tool_calls;
    expect(new Set(Array.isArray(calls) ? calls.map((call: { id: string }) => call.id) : []).size).toBe(3);
  });

  test('results go back to their calls, in one turn, failures marked', async () => {
    const calls = [
      { id: 'c1', name: 'look_up', arguments: { city: 'Paris' } },
      { id: 'c2', name: 'look_up', arguments: { city: 'Atlantis' } },
    ];
    const messages: ModelRequest['messages'] = [
      { role: 'user', text: 'Look both up' },
      { role: 'assistant', text: 'Looking.', toolCalls: calls },
      { role: 'tool', results: [{ id: 'c1', name: 'look_up', output: 'France', isError: false }] },
      { role: 'tool', results: [{ id: 'c2', name: 'look_up', output: 'no such city', isError: true }] },
    ];
    const { server } = await collect(() => ({ text: 'done' }), { request: requestOf({ messages }) });
    const seen = server.requests[0]?.messages;
    expect(seen).toHaveLength(3);
    expect(seen?.[1]).toMatchObject({ role: 'assistant', text: 'Looking.', toolCalls: calls });
    expect(seen?.[2]).toMatchObject({
      role: 'tool',
      results: [
        { id: 'c1', output: 'France', isError: false },
        { id: 'c2', output: 'no such city', isError: true },
      ],
    });
  });

  test('an answer cut by the output limit is a turn with reason length and no calls', async () => {
    const { turn } = await collect(() => ({
      text: 'unfin',
      finish: 'length',
      toolCalls: [{ name: 'look_up', arguments: { city: 'X' } }],
    }));
    expect(turn).toMatchObject({ text: 'unfin', finish_reason: 'length', tool_calls: [] });
  });

  test('a blocked answer is a turn with reason refused and no text', async () => {
    const { turn, server } = await collect(() => ({ text: 'bad', finish: 'refused' }));
    expect(turn).toMatchObject({ text: '', finish_reason: 'refused', tool_calls: [] });
    expect(server.requests).toHaveLength(1);
  });

  test('a missing usage is estimated, never zero', async () => {
    const { turn } = await collect(() => ({ text: 'some words', withoutUsage: true }));
    expect(turn).toMatchObject({ text: 'some words' });
    const usage = Usage.parse(typeof turn === 'object' && turn !== null && 'usage' in turn ? turn.usage : undefined);
    expect(usage.input_tokens).toBeGreaterThan(PROMPT.length / 4);
    expect(usage.output_tokens).toBeGreaterThanOrEqual('some words'.length / 4);
  });

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
    const { inspect } = await import('node:util');
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
      { timeoutMs: 5000, silenceMs: 100, maxAttempts: 2 },
    );
    expect(turn).toMatchObject({ kind: 'timeout', retryable: true });
    expect(failed).toHaveLength(2);
    await sleep(20);
    expect(server.requests.map((request) => request.isAborted)).toEqual([true, true]);
  });

  test('an answer slower than the whole limit ends in a timeout, however steadily it drips', async () => {
    const before = performance.now();
    const { turn } = await collect(() => ({ text: 'x'.repeat(8000), chunkDelayMs: 20 }), {
      timeoutMs: 250,
      silenceMs: 200,
    });
    expect(turn).toMatchObject({ kind: 'timeout' });
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test('an endless answer is cut off by its size', async () => {
    const { turn, server } = await collect(() => ({ chunks: ['x'.repeat(5000)], isEndless: true }), { maxAttempts: 1 });
    expect(turn).toMatchObject({ kind: 'invalid_answer', message: 'The model answered without end' });
    await sleep(50);
    expect(server.requests[0]?.isAborted).toBe(true);
  });

  test('an abort in mid-answer throws its reason at once and closes the connection', async () => {
    const control = new AbortController();
    const reason = new Error('the run was cancelled');
    const { turn, server, failed } = await collect(() => ({ chunks: ['a', 'b', 'c'], silentAfter: 2 }), {
      signal: control.signal,
      onDelta: (text) => text === 'b' && control.abort(reason),
    });
    expect(turn).toBe(reason);
    expect(failed).toHaveLength(1);
    await sleep(50);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.isAborted).toBe(true);
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
    await sleep(50);
    expect(server.requests[0]?.isAborted).toBe(true);
  });

  test('a server that is not there is unavailable', async () => {
    const { server, model } = await start(() => ({ text: 'x' }));
    await server.close();
    await expect(readAll(model.stream(requestOf(), new AbortController().signal))).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  test('twenty turns at once do not mix', async () => {
    const { model } = await start((request) => ({ text: `echo ${JSON.stringify(request.messages)}`, chunkDelayMs: 1 }));
    const turns = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        collectTurn({
          model,
          request: requestOf({ messages: [{ role: 'user', text: `number ${index};` }] }),
          signal: new AbortController().signal,
          timeoutMs: 10_000,
        }),
      ),
    );
    for (const [index, turn] of turns.entries()) expect(turn.text).toContain(`number ${index};`);
  });
}
