import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { collectTurn } from '../../../../functions/platform/models/collect-turn.ts';
import type { Model, ModelRequest, ModelTurn } from '../../../../functions/platform/models/model.ts';
import { openOpenAI } from '../../../../functions/platform/models/providers/openai.ts';
import { startScriptedOpenAI } from '../../../support/scripted-openai.ts';
import type { ScriptedHandler, ScriptedServer } from '../../../support/scripted-provider.ts';
import { startHttpServer } from '../../../support/scripted-server.ts';
import { KEY, lookUp, requestOf } from './provider-bench.ts';

/** Habits of servers that speak OpenAI's chat completions, with the real SDK. */
let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function start(answer: ScriptedHandler): Promise<Model> {
  server = await startScriptedOpenAI({ answer });
  return openOpenAI({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.url });
}

const ask = (model: Model, request: Partial<ModelRequest> = {}) =>
  collectTurn({ model, request: requestOf(request), signal: new AbortController().signal, timeoutMs: 10_000 });

const Body = z.looseObject({ messages: z.array(z.looseObject({ role: z.string() })) });
const bodies = () => (server?.requests ?? []).map(({ body }) => Body.parse(body));
const assistants = (index: number) => bodies()[index]?.messages.filter(({ role }) => role === 'assistant') ?? [];

const frame = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const callFrame = (id = 'call_1') =>
  frame({ tool_calls: [{ index: 0, id, function: { name: 'look_up', arguments: '{"city":"Paris"}' } }] }) +
  frame({}, 'tool_calls');

/** The history that follows a turn. */
function historyAfter(...turns: ModelTurn[]): ModelRequest['messages'] {
  return [
    { role: 'user', text: 'Look it up' },
    ...turns.flatMap((turn): ModelRequest['messages'] => [
      { role: 'assistant', text: turn.text, toolCalls: turn.tool_calls, thinking: turn.thinking },
      {
        role: 'tool',
        results: turn.tool_calls.map(({ id, name }) => ({ id, name, output: 'France', isError: false })),
      },
    ]),
  ];
}

test.each([
  ['with the call', [{ extra_content: { google: { thought_signature: 'c2ln' } } }, {}]],
  ['after the call', [{}, { index: 0, extra_content: { google: { thought_signature: 'c2ln' } } }]],
  ['under another name', [{ provider_specific_fields: { thought_signature: 'c2ln' }, audio: null }, {}]],
])('fields of a call that only the server knows go back with it alone: %s', async (_, [first, later]) => {
  const piece = (index: number, more: object | undefined) =>
    frame({
      tool_calls: [{ index, id: `c${index}`, function: { name: 'look_up', arguments: '{"city":"Rom"}' }, ...more }],
    });
  const known = later === undefined || !('index' in later) ? '' : frame({ tool_calls: [later] });
  const model = await start((_request, index) =>
    index === 0 ? { rawFrame: piece(0, first) + known + piece(1, {}) + frame({}, 'tool_calls') } : { text: 'ok' },
  );
  await ask(model, { messages: historyAfter(await ask(model)) });
  const { index: _index, audio: _audio, ...extra } = { index: 0, audio: null, ...first, ...later };
  const sent = { type: 'function', function: { name: 'look_up', arguments: '{"city":"Rom"}' } };
  expect(assistants(1)[0]?.tool_calls).toEqual([
    { ...extra, ...sent, id: 'c0' },
    { ...sent, id: 'c1' },
  ]);
});

describe('thinking goes back', () => {
  test.each([
    [{ reasoning_content: 'Hm, ' }, { reasoning_content: 'well.' }, { reasoning_content: 'Hm, well.' }],
    [{ reasoning: 'Hm, ' }, { reasoning: 'well.' }, { reasoning: 'Hm, well.' }],
    [
      { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }], reasoning: 'Hm.' },
      {},
      { reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }] },
    ],
    [
      { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] },
      { content: [{ type: 'text', text: 'I look.' }] },
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
          { type: 'text', text: 'I look.' },
        ],
      },
    ],
  ])('with the calls that it led to, as it came: %j', async (first, second, back) => {
    const model = await start((_, index) =>
      index === 0 ? { rawFrame: frame(first) + frame(second) + callFrame() } : { text: 'France' },
    );
    const turn = await ask(model);
    await ask(model, { messages: historyAfter(turn) });
    expect(assistants(1)).toEqual([expect.objectContaining(back)]);
  });

  test('not with an answer without calls, and not when it stood between tags', async () => {
    const model = await start(({ messages }) =>
      messages.length > 1
        ? { text: 'ok' }
        : { rawFrame: frame({ content: '<think>Hm.</think>I look.' }) + callFrame() },
    );
    const turn = await ask(model);
    expect(turn).toMatchObject({ text: 'I look.', thinking: { text: 'Hm.', place: 'tags' } });
    const thinking = { text: 'Hm.', place: 'reasoning_content' } as const;
    await ask(model, { messages: [...historyAfter(turn), { role: 'assistant', text: 'so', toolCalls: [], thinking }] });
    expect(assistants(1).map((message) => Object.keys(message).sort())).toEqual([
      ['content', 'role', 'tool_calls'],
      ['content', 'role'],
    ]);
    expect(JSON.stringify(bodies()[1])).not.toContain('Hm.');
  });

  test('as a blank with every answer, once the server demands it, and never, once it refuses it', async () => {
    const hasIt = () => assistants(bodies().length - 1).every((message) => message.reasoning_content);
    const demands = await start(() =>
      hasIt()
        ? { text: 'ok' }
        : { failure: { status: 400, message: 'reasoning_content is missing in assistant message' } },
    );
    const turn = { text: '', tool_calls: [{ id: 'a', name: 'look_up', arguments: {} }] } as unknown as ModelTurn;
    expect((await ask(demands, { messages: historyAfter(turn, turn) })).text).toBe('ok');
    expect(assistants(1).map((message) => message.reasoning_content)).toEqual([' ', ' ']);

    await server?.close();
    const thinking = { text: 'Hm.', place: 'reasoning_content' } as const;
    const refuses = await start(({ body }) =>
      JSON.stringify(body).includes('reasoning_content')
        ? { failure: { status: 400, message: "property 'reasoning_content' is unsupported" } }
        : { text: 'ok' },
    );
    for (let time = 0; time < 2; time += 1) await ask(refuses, { messages: historyAfter({ ...turn, thinking }) });
    expect(server?.requests).toHaveLength(3);
  });
});

describe('a refused request is sent as the server takes it, and so from then on', () => {
  const refuse = (message: string) => ({ failure: { status: 400, message, code: 'invalid_request_error' } });

  test.each([
    ['max_tokens', 'max_tokens must be <= 8192', { maxOutputTokens: 16_384 }, { max_tokens: 8192 }],
    ['temperature', "Unsupported value: 'temperature' is not supported", {}, { temperature: undefined }],
    ['stream_options', 'Unknown parameter: stream_options', {}, { stream_options: undefined }],
    [
      'json_schema',
      'response_format of type json_schema is not supported',
      { responseSchema: { type: 'object' } },
      { response_format: { type: 'json_object' } },
    ],
  ])('%s', async (word, sentence, request, accepted) => {
    const first: unknown[] = [];
    const model = await start(({ body }, index) => {
      if (index === 0) first.push(body);
      return JSON.stringify(body) === JSON.stringify(first[0]) ? refuse(sentence) : { text: 'ok' };
    });
    expect((await ask(model, request)).text).toBe('ok');
    expect((await ask(model, request)).text).toBe('ok');
    expect(JSON.stringify(bodies()[0])).toContain(word);
    expect(bodies().slice(1)).toHaveLength(2);
    for (const body of bodies().slice(1)) expect({ ...body, absent: 0 }).toMatchObject(clean(accepted));
    for (const name of Object.keys(accepted))
      if (!(name in clean(accepted))) expect(bodies()[2]).not.toHaveProperty(name);
  });
  const clean = (accepted: object) => JSON.parse(JSON.stringify(accepted));

  test('whatever the shape of the refusal', async () => {
    const shapes = [
      { object: 'error', message: 'temperature is not supported', code: 400 },
      { error: 'temperature is not supported' },
      { detail: [{ loc: ['body', 'temperature'], msg: 'Extra inputs are not permitted' }] },
    ];
    for (const shape of shapes) {
      let asked = 0;
      const http = await startHttpServer((_, response) => {
        asked += 1;
        if (asked === 1) response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(shape));
        else
          response
            .writeHead(200, { 'content-type': 'text/event-stream' })
            .end(`${frame({ content: 'ok' }, 'stop')}data: [DONE]\n\n`);
      });
      const model = await openOpenAI({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${http.url}/v1` });
      expect((await ask(model)).text).toBe('ok');
      expect(asked).toBe(2);
      await http.close();
    }
  });

  test('also when the refusal comes inside the stream', async () => {
    const error = { message: 'the request exceeds the available context size (4096 tokens)', type: 'server_error' };
    const model = await start((_, index) =>
      index === 0 ? { rawFrame: `data: ${JSON.stringify({ error })}\n\n` } : { text: 'ok' },
    );
    expect((await ask(model, { maxOutputTokens: 16_384 })).text).toBe('ok');
    expect(Number(bodies()[1]?.max_tokens)).toBeLessThan(4096);
  });

  test('a schema that is refused stands in the instruction', async () => {
    const model = await start(({ body }) =>
      /"json_(schema|object)"/.test(JSON.stringify(body)) ? refuse('response_format is not supported') : { text: '{}' },
    );
    await ask(model, { responseSchema: { type: 'object', properties: { city: {} } }, tools: [] });
    expect(server?.requests).toHaveLength(3);
    expect(server?.requests[2]?.system).toContain('{"type":"object","properties":{"city":{}}}');
    expect(server?.requests[0]?.system).not.toContain('city');
  });

  test('the system instruction begins the first message where the role is refused', async () => {
    const model = await start(({ system }) => (system === '' ? { text: 'ok' } : refuse('System role not supported')));
    await ask(model);
    expect(bodies()[1]?.messages).toEqual([
      { role: 'user', content: expect.stringMatching(/^You are the research worker/) },
    ]);
  });

  test('calls stand alone, with short ids, where the server wants it', async () => {
    const model = await start(({ body }) => {
      const sent = JSON.stringify(body);
      if (sent.includes('"own-1"'))
        return refuse('Tool call id was own-1 but must be a-z, A-Z, 0-9, with a length of 9.');
      const { messages } = Body.parse(body);
      const isParallel = messages.some(({ tool_calls: calls }) => Array.isArray(calls) && calls.length > 1);
      return isParallel ? refuse('This model only supports single tool-calls at once!') : { text: 'ok' };
    });
    const calls = ['own-1', 'own-2'].map((id) => ({ id, name: 'look_up', arguments: {} }));
    await ask(model, { messages: historyAfter({ text: 'Both.', tool_calls: calls } as unknown as ModelTurn) });
    const { messages = [] } = bodies().at(-1) ?? {};
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool']);
    expect(messages[3]?.tool_call_id).toMatch(/^[a-z0-9]{9}$/);
  });

  test('a context that is too long is shortened, and the window is learned', async () => {
    const words = 'word '.repeat(4_000);
    const turn = { text: '', tool_calls: [{ id: 'a', name: 'look_up', arguments: {} }] } as unknown as ModelTurn;
    const messages = historyAfter(...Array.from({ length: 20 }, () => turn)).map((message) =>
      message.role === 'tool'
        ? { ...message, results: message.results.map((result) => ({ ...result, output: words })) }
        : message,
    );
    const model = await start(({ body }) => {
      const tokens = Math.ceil(JSON.stringify(body).length / 4);
      return tokens > 32_768
        ? refuse(`This model's maximum context length is 32768 tokens. However, you requested ${tokens} tokens.`)
        : { text: 'ok' };
    });
    expect((await ask(model, { messages })).text).toBe('ok');
    expect((await ask(model, { messages })).text).toBe('ok');
    expect(server?.requests).toHaveLength(3);
    expect(model.prepare?.(requestOf({ messages })).messages).not.toEqual(messages);
  });

  test('a model without tools is named in the error, with what to do', async () => {
    const model = await start(() => refuse('m does not support tools'));
    await expect(ask(model)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/cannot call tools \(scripted-model\), or its server takes none\. Choose/),
    });
    await expect(ask(model, { tools: [] })).rejects.not.toThrow(/or its server takes none/);
  });

  test('a server that refuses everything is asked a few times only', async () => {
    const model = await start(() => refuse('max_tokens is too large'));
    await expect(ask(model, { maxOutputTokens: 1_000_000 })).rejects.toMatchObject({ kind: 'rejected' });
    expect(server?.requests.length).toBeLessThan(12);
  });

  test("the tenant's capabilities count, but less than what the server said", async () => {
    const model = await start(({ body }) =>
      Number(Body.parse(body).max_completion_tokens) > 300
        ? refuse('max_completion_tokens must be at most 300')
        : { text: 'ok' },
    );
    const capabilities = {
      output_parameter: 'max_completion_tokens',
      max_output_tokens: 500,
      temperature: false,
    } as const;
    await ask(model, { capabilities });
    expect(bodies().map((body) => body.max_completion_tokens)).toEqual([500, 300]);
    expect(bodies()[0]).not.toHaveProperty('temperature');
  });
});

test('a call in the text runs, and a reminder behind results is no message of its own', async () => {
  const text = '<tool_call>\n{"name": "look_up", "arguments": {"city": "Paris"}}\n</tool_call>';
  const model = await start((_, index) => (index === 0 ? { text } : { text: 'France' }));
  const turn = await ask(model, { tools: [lookUp] });
  expect(turn).toMatchObject({
    text: '',
    finish_reason: 'tool_calls',
    tool_calls: [{ name: 'look_up', arguments: { city: 'Paris' } }],
  });
  await ask(model, { messages: [...historyAfter(turn), { role: 'user', text: '1 turn left' }] });
  expect(bodies()[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  expect(bodies()[1]?.messages.at(-1)).toMatchObject({ content: 'France\n\n1 turn left' });
});

test('thinking without an opening tag takes back the text that was streamed', async () => {
  const model = await start(() => ({ chunks: ['Hm, ', 'well.\n</thi', 'nk>\n\nFrance'] }));
  const seen: string[] = [];
  const turn = await collectTurn({
    model,
    request: requestOf(),
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    onDelta: (text) => seen.push(text),
    onReset: () => seen.splice(0),
  });
  expect(turn).toMatchObject({ text: 'France', thinking: { text: 'Hm, well.\n' } });
  expect(seen.join('')).toBe('France');
});
