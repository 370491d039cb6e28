import { afterEach, describe, expect, test } from 'vitest';
import { collectTurn, type FailedAttempt } from '../../../../functions/platform/models/collect-turn.ts';
import type { Model, ModelRequest } from '../../../../functions/platform/models/model.ts';
import { ServerCapabilities } from '../../../../functions/platform/models/providers/adapt-request.ts';
import { openOpenAI, openQwen } from '../../../../functions/platform/models/providers/openai.ts';
import { toOpenAIRequest } from '../../../../functions/platform/models/providers/openai-request.ts';
import { startScriptedOpenAI } from '../../../support/scripted-openai.ts';
import type { ScriptedHandler, ScriptedServer } from '../../../support/scripted-provider.ts';
import { testProviderAnswers } from './provider-answers.ts';
import { KEY, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';
import { testProviderFailures } from './provider-failures.ts';

const open = (url: string) => openOpenAI({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url });

const provider: ProviderUnderTest = { name: 'openai', start: (answer) => startScriptedOpenAI({ answer }), open };
const qwen: ProviderUnderTest = {
  name: 'qwen',
  start: (answer) => startScriptedOpenAI({ answer }),
  open: (url) => openQwen({ QWEN_API_KEY: KEY, QWEN_BASE_URL: url }),
};
describe('qwen answers', () => testProviderAnswers(qwen));
describe('openai answers', () => testProviderAnswers(provider));
describe('openai fails', () => testProviderFailures(provider));

describe('openai and its compatible servers', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.close();
  });
  const signal = new AbortController().signal;
  async function start(answer: ScriptedHandler): Promise<Model> {
    server = await startScriptedOpenAI({ answer });
    return open(server.url);
  }
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

  test('a local server needs no key', async () => {
    server = await startScriptedOpenAI({ answer: () => ({ text: 'local' }) });
    const model = await openOpenAI({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: server.url });
    expect(await readAll(model.stream(requestOf(), signal))).toContainEqual({ type: 'text_delta', text: 'local' });
  });

  test('OpenAI needs a key, and the error names OPENAI_API_KEY', async () => {
    const opening = openOpenAI({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined });
    await expect(opening).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
  });

  test('Qwen needs a key at Alibaba Cloud and none at a server of its user', async () => {
    for (const QWEN_BASE_URL of [undefined, 'https://dashscope.aliyuncs.com/compatible-mode/v1'])
      await expect(openQwen({ QWEN_API_KEY: undefined, QWEN_BASE_URL })).rejects.toMatchObject({
        kind: 'unauthorized',
        message: expect.stringContaining('QWEN_API_KEY'),
      });
    server = await startScriptedOpenAI({ answer: () => ({ text: 'hosted' }) });
    const model = await openQwen({ QWEN_API_KEY: undefined, QWEN_BASE_URL: server.url });
    expect(model.provider).toBe('qwen');
    expect(await readAll(model.stream(requestOf(), signal))).toContainEqual({ type: 'text_delta', text: 'hosted' });
  });

  test('calls without ids, numbered 0 or without index, and with finish reason stop, stay separate', async () => {
    const call = (id: string | undefined, index: number | undefined, city: string) =>
      chunk({ tool_calls: [{ index, id, function: { name: 'look_up', arguments: JSON.stringify({ city }) } }] });
    const bodies = [
      call('a', 0, 'Paris') + call('b', 0, 'Rom') + chunk({}, 'stop'),
      call('a', undefined, 'Paris') + call('b', undefined, 'Rom') + chunk({}, 'stop'),
      call(undefined, 0, 'Paris') + call(undefined, 1, 'Rom') + chunk({}, 'stop'),
    ];
    const model = await start((_, index) => ({ rawFrame: bodies[index] ?? '' }));
    for (const _ of bodies) {
      const events = await readAll(model.stream(requestOf(), signal));
      expect(events.flatMap((event) => (event.type === 'tool_call' ? [event.call.arguments] : []))).toEqual([
        { city: 'Paris' },
        { city: 'Rom' },
      ]);
    }
  });

  type Piece = { index?: number; id?: string; function?: { name?: string; arguments?: unknown } };
  const piece = (index: number | undefined, id: string | undefined, name?: string, text?: unknown): Piece => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), ...(text === undefined ? {} : { arguments: text }) },
  });
  const rom = '{"city":"Rom"}';
  const oslo = '{"city":"Oslo"}';
  const [romHalf, romRest] = ['{"city":', '"Rom"}'];

  test.each<[string, Piece[][], object[]]>([
    [
      'the same index and no ids',
      [[piece(0, '', 'look_up', rom)], [piece(0, '', 'look_up', oslo)]],
      [{ city: 'Rom' }, { city: 'Oslo' }],
    ],
    [
      'two calls in one chunk without index and id',
      [[piece(undefined, undefined, 'look_up', rom), piece(undefined, undefined, 'look_up', oslo)]],
      [{ city: 'Rom' }, { city: 'Oslo' }],
    ],
    [
      'the same call twice without ids',
      [[piece(0, undefined, 'look_up', rom)], [piece(0, undefined, 'look_up', rom)]],
      [{ city: 'Rom' }, { city: 'Rom' }],
    ],
    [
      'another id in each piece',
      [[piece(0, 'x1', 'look_up', '')], [piece(0, 'x2', undefined, romHalf)], [piece(0, 'x3', undefined, romRest)]],
      [{ city: 'Rom' }],
    ],
    [
      'another id and the name in each piece',
      [
        [piece(0, 'x1', 'look_up', '')],
        [piece(0, 'x2', 'look_up', romHalf)],
        [piece(0, 'x3', 'look_up', romRest)],
        [piece(0, 'x4', 'look_up', '')],
      ],
      [{ city: 'Rom' }],
    ],
    [
      'pieces without name, id and index',
      [[piece(undefined, 'a', 'look_up', romHalf)], [piece(undefined, undefined, undefined, romRest)]],
      [{ city: 'Rom' }],
    ],
    [
      'interleaved by index',
      [
        [piece(0, 'a', 'look_up', romHalf)],
        [piece(1, 'b', 'look_up', oslo)],
        [piece(0, undefined, undefined, romRest)],
      ],
      [{ city: 'Rom' }, { city: 'Oslo' }],
    ],
    [
      'interleaved by id, all with index 0',
      [
        [piece(0, 'a', 'look_up', romHalf)],
        [piece(0, 'b', 'other', '{"city":')],
        [piece(0, 'a', undefined, romRest)],
        [piece(0, 'b', undefined, '"Oslo"}')],
      ],
      [{ city: 'Rom' }, { city: 'Oslo' }],
    ],
    [
      'names first and arguments later, all with index 0',
      [
        [piece(0, undefined, 'look_up', '')],
        [piece(0, undefined, undefined, rom)],
        [piece(0, undefined, 'look_up', '')],
        [piece(0, undefined, undefined, oslo)],
      ],
      [{ city: 'Rom' }, { city: 'Oslo' }],
    ],
    [
      'the whole call again at the end',
      [[piece(0, 'a', 'look_up', romHalf)], [piece(0, undefined, undefined, romRest)], [piece(0, 'a', 'look_up', rom)]],
      [{ city: 'Rom' }],
    ],
    ['the name again at the end', [[piece(0, 'a', 'look_up', rom)], [piece(0, 'a', 'look_up', '')]], [{ city: 'Rom' }]],
    ['arguments as an object', [[piece(0, 'a', 'look_up', { city: 'Rom' })]], [{ city: 'Rom' }]],
    ['arguments as a text in a text', [[piece(0, 'a', 'look_up', JSON.stringify(rom))]], [{ city: 'Rom' }]],
    [
      'an empty object before the arguments',
      [[piece(0, 'a', 'look_up', '{}')], [piece(0, undefined, undefined, rom)]],
      [{ city: 'Rom' }],
    ],
    [
      'no arguments, null and the text null',
      [[piece(0, 'a', 'one')], [piece(1, 'b', 'two', null)], [piece(2, 'c', 'three', 'null')]],
      [{}, {}, {}],
    ],
    [
      'a raw line break and a tab in a string',
      [[piece(0, 'a', 'look_up', '{"city":"Rom\n\t\\"x\\""}')]],
      [{ city: 'Rom\n\t"x"' }],
    ],
    ['a token of the template after the object', [[piece(0, 'a', 'look_up', `${rom}<|im_end|>`)]], [{ city: 'Rom' }]],
    ['a bracket too many', [[piece(0, 'a', 'look_up', `${rom}}\n`)]], [{ city: 'Rom' }]],
  ])('tool calls with %s', async (_, chunks, expected) => {
    const frames = chunks.map((pieces) => chunk({ tool_calls: pieces })).join('');
    const model = await start(() => ({ rawFrame: frames + chunk({}, 'stop') }));
    const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
    expect(turn.tool_calls.map((call) => call.arguments)).toEqual(expected);
    expect(turn.tool_calls.map((call) => call.fault)).toEqual(expected.map(() => undefined));
    expect(turn.finish_reason).toBe('tool_calls');
    expect(server?.requests).toHaveLength(1);
  });

  test('a call without a name, with a name that no provider accepts, and things that are no calls', async () => {
    const calls = [piece(0, 'a', undefined, rom), piece(1, 'b', 'look up!', rom), piece(2, 'c', 'look_up', 7)];
    const model = await start(() => ({
      rawFrame: chunk({ tool_calls: [...calls, null, 'x'] }) + chunk({ tool_calls: {} }) + chunk({}, 'tool_calls'),
    }));
    const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
    expect(turn.tool_calls).toMatchObject([
      { name: 'unnamed', fault: expect.stringContaining('has no name') },
      { name: 'look_up_', fault: expect.stringContaining('no tool "look up!"') },
      { name: 'look_up', arguments: {}, fault: expect.stringContaining('a number and not an object') },
    ]);
  });

  test.each<[string, number, object, string]>([
    ['Ollama', 500, { message: 'error parsing tool call: raw=\'{"city":"x}\', err=unexpected end' }, 'raw='],
    ['llama.cpp', 500, { code: 500, message: 'Failed to parse input at pos 184: <tool_call>look' }, 'pos 184'],
    [
      'Groq',
      400,
      { code: 'tool_use_failed', message: 'Failed to call a function.', failed_generation: '<function=look_up>' },
      '<function=look_up>',
    ],
  ])('a call that %s could not parse is a message to the model, booked and not asked again', async (...given) => {
    const [, status, error, quoted] = given;
    const answers = [
      { rawFrame: `${chunk({ content: 'I look. ' })}data: ${JSON.stringify({ error })}\n\n` },
      { failure: { status, ...error } },
    ];
    const model = await start((_, index) => answers[index] ?? { text: 'once too often' });
    for (const text of ['I look. ', '']) {
      const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
      expect(turn).toMatchObject({ text, tool_calls: [], finish_reason: 'tool_calls' });
      expect(turn.fault).toMatch(/was malformed and was not run/);
      // The scripted server's error has no field of its own.
      if (text !== '' || !quoted.startsWith('<')) expect(turn.fault).toContain(quoted);
      expect(turn.usage.input_tokens).toBeGreaterThan(0);
    }
    expect(server?.requests).toHaveLength(2);
  });

  test('a function_call of the older form is a call', async () => {
    const model = await start(() => ({
      rawFrame:
        chunk({ function_call: { name: 'look_up', arguments: romHalf } }) +
        chunk({ function_call: { arguments: romRest } }) +
        chunk({}, 'function_call'),
    }));
    const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
    expect(turn).toMatchObject({ finish_reason: 'tool_calls', tool_calls: [{ arguments: { city: 'Rom' } }] });
  });

  test.each([
    ['eos', 'stop'],
    ['STOP', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_length', 'context_full'],
    ['content_filter', 'filtered'],
    ['sensitive', 'filtered'],
    ['refusal', 'refused'],
    ['repetition', 'unknown'],
    ['function_call_filter: MALFORMED_FUNCTION_CALL', 'tool_calls'],
    ['constructor', 'unknown'],
  ])('the finish reason %s is %s', async (word, reason) => {
    const model = await start(() => ({ rawFrame: chunk({ content: 'some text' }) + chunk({}, word) }));
    const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
    expect(turn.finish_reason).toBe(reason);
    expect(turn.fault === undefined && turn.text !== '').toBe(reason === 'stop');
    expect(server?.requests).toHaveLength(1);
  });

  test.each(['network_error', 'insufficient_system_resource', 'abort', 'error', 'null', ''])(
    'the finish reason "%s" is half an answer: it is booked and asked for again',
    async (word) => {
      const usageFrame = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 50, completion_tokens: 9 } })}\n\n`;
      const half = chunk({ content: 'The first of three' }) + chunk({}, word) + usageFrame;
      const model = await start((_, index) => (index === 0 ? { rawFrame: half } : { text: 'whole' }));
      const failed: FailedAttempt[] = [];
      const turn = await collectTurn({
        model,
        request: requestOf(),
        signal,
        timeoutMs: 5000,
        wait: async () => undefined,
        onFailedAttempt: (attempt) => failed.push(attempt),
      });
      expect(turn.text).toBe('whole');
      expect(failed).toMatchObject([{ error: { kind: 'unavailable' }, usage: { input_tokens: 50, output_tokens: 9 } }]);
    },
  );

  test('an error inside the stream with a permanent status is not asked for again', async () => {
    const message = 'the request exceeds the available context size (4096 tokens), it has 5000 tokens';
    const model = await start(() => ({
      text: 'a',
      rawFrame: `data: ${JSON.stringify({ error: { code: 400, message } })}\n\n`,
    }));
    await expect(readAll(model.stream(requestOf(), signal))).rejects.toMatchObject({
      kind: 'too_long',
      retryable: false,
    });
  });

  test('too long arguments are an invalid answer', async () => {
    const piece = chunk({
      tool_calls: [{ index: 0, id: 'a', function: { name: 'look_up', arguments: 'x'.repeat(400_000) } }],
    });
    const model = await start(() => ({ rawFrame: piece.repeat(3) }));
    await expect(readAll(model.stream(requestOf(), signal))).rejects.toMatchObject({ kind: 'invalid_answer' });
  });

  test('a refusal message ends with reason refused', async () => {
    const model = await start(() => ({ rawFrame: chunk({ refusal: 'No.' }) + chunk({}, 'stop') }));
    expect((await readAll(model.stream(requestOf(), signal))).at(-1)).toMatchObject({ reason: 'refused' });
  });

  test.each([
    ['DeepSeek’s cached input', { prompt_tokens: 90, completion_tokens: 5, prompt_cache_hit_tokens: 64 }, [90, 5, 64]],
    ['Kimi’s cached input', { prompt_tokens: 90, completion_tokens: 5, cached_tokens: 64 }, [90, 5, 64]],
    ['the names of another API', { input_tokens: 90, output_tokens: 5 }, [90, 5, undefined]],
    [
      'thinking in the total only',
      { prompt_tokens: 90, completion_tokens: 5, total_tokens: 295 },
      [90, 205, undefined],
    ],
    [
      'details that are no object',
      { prompt_tokens: 9, completion_tokens: 5, prompt_tokens_details: 'no' },
      [9, 5, undefined],
    ],
    ['an empty report', {}, [undefined, undefined, undefined]],
  ])('reads a usage with %s', async (_, usage, [input, output, cached]) => {
    const report = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
    const model = await start(() => ({ rawFrame: chunk({ content: 'Hi' }) + chunk({}, 'stop') + report }));
    expect((await readAll(model.stream(requestOf(), signal))).at(-1)).toMatchObject({
      usage: { input_tokens: input, output_tokens: output, cached_tokens: cached },
    });
  });

  test('reads Kimi’s usage, which is in the last choice', async () => {
    const usage = { prompt_tokens: 90, completion_tokens: 5, cached_tokens: 64 };
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }], usage: null };
    const model = await start(() => ({
      rawFrame: `${chunk({ content: 'Hi' })}data: ${JSON.stringify(last)}\n\n${chunk({})}`,
    }));
    expect((await readAll(model.stream(requestOf(), signal))).at(-1)).toMatchObject({
      usage: { input_tokens: 90, output_tokens: 5, cached_tokens: 64 },
    });
  });

  test('a stream that breaks in a call is booked by what has arrived, as one that breaks in a text is', async () => {
    const piece = (text: string) => chunk({ tool_calls: [{ index: 0, id: 'a', function: { arguments: text } }] });
    const broken = [chunk({ content: 'x'.repeat(1000) }), piece('x'.repeat(1000))].map((frame) => frame.repeat(60));
    const model = await start((_, index) => ({ rawFrame: broken[index] ?? '' }));
    const booked: number[] = [];
    for (const _ of broken) {
      const onFailedAttempt = ({ usage }: FailedAttempt) => booked.push(usage?.output_tokens ?? 0);
      const call = { model, request: requestOf({ maxOutputTokens: 9000 }), signal, timeoutMs: 9000, maxAttempts: 1 };
      await collectTurn({ ...call, onFailedAttempt }).catch(() => undefined);
    }
    expect(booked).toEqual([15_000, 15_000]);
  });

  test('an account without credit is rejected without a retry', async () => {
    const model = await start(() => ({ failure: { status: 429, code: 'insufficient_quota' } }));
    await expect(readAll(model.stream(requestOf(), signal))).rejects.toMatchObject({
      kind: 'rejected',
      retryable: false,
    });
  });

  test('compatible servers get max_tokens and temperature', async () => {
    const model = await start(() => ({ text: '{}' }));
    await readAll(model.stream(requestOf({ responseSchema: { $schema: 'x', type: 'object' } }), signal));
    expect(server?.requests[0]?.body).toMatchObject({
      max_tokens: 1000,
      temperature: 0.2,
      stream_options: { include_usage: true },
      response_format: { type: 'json_schema', json_schema: { strict: false, schema: { type: 'object' } } },
    });
  });

  test("OpenAI's reasoning models get no temperature, and no reasoning together with tools", () => {
    const server = new ServerCapabilities('openai', 'https://api.openai.com/v1');
    const toRequest = (request: ModelRequest) => toOpenAIRequest(request, server.of(request));
    const withTools = toRequest(requestOf({ model: 'gpt-6-sol' }));
    expect(withTools).toMatchObject({ max_completion_tokens: 1000, reasoning_effort: 'none' });
    expect(withTools).not.toHaveProperty('temperature');
    expect(withTools).not.toHaveProperty('max_tokens');
    expect(toRequest(requestOf({ model: 'gpt-6-sol', tools: [] }))).not.toHaveProperty('reasoning_effort');
    // Models without this effort level would reject the request.
    for (const model of ['gpt-5-mini', 'gpt-6-astra', 'gpt-6.1-sol', 'o3']) {
      expect(toRequest(requestOf({ model }))).not.toHaveProperty('reasoning_effort');
    }
    expect(toRequest(requestOf({ model: 'gpt-4.1' }))).toMatchObject({ temperature: 0.2 });
  });
});
