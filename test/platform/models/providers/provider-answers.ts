import { expect, test } from 'vitest';
import { collectTurn } from '../../../../functions/platform/models/collect-turn.ts';
import { type ModelRequest, Usage } from '../../../../functions/platform/models/model.ts';
import { workerOf } from '../../../support/scripted-provider.ts';
import { lookUp, openBench, PROMPT, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';

const image = { name: 'cat <1>.png', mediaType: 'image/png' as const, data: 'iVBORw0KGgo=', width: 2, height: 1 };
const asked = { role: 'user' as const, text: `What is in the picture? ${PROMPT}`, images: [image] };
const URL_PART = `[{"type":"image_url","image_url":{"url":"data:image/png;base64,${image.data}"}},{"type":"text"`;
const IMAGE_ON_THE_WIRE: Record<ProviderUnderTest['name'], string> = {
  claude: `[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${image.data}"}},{"type":"text"`,
  gemini: `[{"inlineData":{"mimeType":"image/png","data":"${image.data}"}},{"text"`,
  openai: URL_PART,
  qwen: URL_PART,
};

/** Tests of successful turns for every provider, with its real SDK and a server that speaks its wire format. */
export function testProviderAnswers(provider: ProviderUnderTest): void {
  const { start, collect } = openBench(provider);

  test('text is streamed, and the server gets the whole request', async () => {
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
    expect(request && workerOf(request)).toBe('research');
    const { $schema: _, ...schema } = lookUp.parameters;
    expect(request?.tools[0]?.parameters).toEqual(schema);
  });

  test('usage includes cached input in input and thinking in output', async () => {
    const { turn } = await collect(() => ({
      text: 'ok',
      thinking: 'hm',
      usage: { input: 100, output: 20, cached: 60, thinking: 5 },
    }));
    expect(turn).toMatchObject({ usage: { input_tokens: 100, output_tokens: 25, cached_tokens: 60 } });
  });

  test('images come before the text of their message, in the words of the provider', async () => {
    const { server, model } = await start(() => ({ text: 'A cat.' }));
    await readAll(model.stream(requestOf({ messages: [asked] }), new AbortController().signal));
    expect(JSON.stringify(server.requests[0]?.body)).toContain(IMAGE_ON_THE_WIRE[provider.name]);
    expect(server.requests[0]?.messages).toMatchObject([{ role: 'user', text: asked.text }]);
  });

  test('a model that takes no images is told so once, and reads which images it cannot see', async () => {
    const failure = { status: 400, message: 'This model does not support image input.', code: 'invalid_request_error' };
    const { server, model } = await start((_, index) => (index === 0 ? { failure } : { text: 'I cannot see it.' }));
    const stream = () => readAll(model.stream(requestOf({ messages: [asked] }), new AbortController().signal));
    await stream();
    await stream();
    const note =
      '[The user attached cat &lt;1&gt;.png (2 × 1 px), which you cannot see. Say so if the answer needs it.]';
    const told = [{ role: 'user', text: `${asked.text}\n\n${note}` }];
    expect(server.requests.slice(1).map(({ messages }) => messages)).toEqual([told, told]);
    expect(JSON.stringify(server.requests.slice(1).map(({ body }) => body))).not.toContain(image.data);
  });

  test('thinking is not part of the text', async () => {
    const { turn } = await collect(() => ({ text: 'answer', thinking: 'secret thought' }));
    expect(turn).toMatchObject({ text: 'answer', finish_reason: 'stop' });
  });

  test('thinking and a tool call that a local model writes as text are told apart', async () => {
    const json = '{"name": "look_up", "arguments": {"city": "Paris"}}';
    const { turn } = await collect(() => ({ text: `<think>Hm.</think>I look.\n<tool_call>${json}</tool_call>` }));
    expect(turn).toMatchObject({
      thinking: { text: 'Hm.' },
      finish_reason: 'tool_calls',
      tool_calls: [{ name: 'look_up', arguments: { city: 'Paris' } }],
    });
    expect(turn).toMatchObject({ text: expect.stringMatching(/^I look\.\s*$/) });
    const quoted = `An example:\n\`\`\`\n<tool_call>${json}</tool_call>\n\`\`\``;
    expect((await collect(() => ({ text: quoted }))).turn).toMatchObject({ text: quoted, tool_calls: [] });
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

  test('three tool calls in one turn keep their order and have unique ids', async () => {
    const cities = ['Paris', 'Rom', 'Oslo'];
    const { turn } = await collect(() => ({
      text: 'Three at once.',
      // Some local servers send the same id three times.
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

  test('results are sent back in one turn, with their calls’ ids and failures marked', async () => {
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

  test('in an answer that reaches the output limit the last call is cut, and the calls before it run', async () => {
    const { turn, server } = await collect(() => ({
      text: 'unfin',
      finish: 'length',
      toolCalls: [
        { name: 'look_up', arguments: { city: 'Oslo' } },
        { name: 'look_up', arguments: { city: 'X' } },
      ],
    }));
    expect(turn).toMatchObject({
      text: 'unfin',
      finish_reason: 'length',
      tool_calls: [
        { arguments: { city: 'Oslo' } },
        { arguments: {}, fault: expect.stringMatching(/cut at the output limit of 1000 tokens.*in parts/) },
      ],
    });
    expect(turn).not.toHaveProperty('tool_calls.0.fault');
    expect(server.requests).toHaveLength(1);
  });

  test('a text that reaches the output limit is kept, and the model is told to go on', async () => {
    const { turn, server } = await collect(() => ({ text: 'The first half', finish: 'length' }));
    expect(turn).toMatchObject({
      text: 'The first half',
      finish_reason: 'length',
      fault: expect.stringContaining('Go on exactly where it stopped'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('an answer that the model refuses or a filter blocks has no text', async () => {
    const { turn, server } = await collect(() => ({ text: 'bad', finish: 'refused' }));
    expect(turn).toMatchObject({ text: '', tool_calls: [] });
    expect(turn).toHaveProperty('finish_reason', provider.name === 'claude' ? 'refused' : 'filtered');
    expect(server.requests).toHaveLength(1);
  });

  test('a missing usage is estimated, never zero', async () => {
    const { turn } = await collect(() => ({ text: 'some words', withoutUsage: true }));
    expect(turn).toMatchObject({ text: 'some words' });
    const usage = Usage.parse(typeof turn === 'object' && turn !== null && 'usage' in turn ? turn.usage : undefined);
    expect(usage.input_tokens).toBeGreaterThan(PROMPT.length / 4);
    expect(usage.output_tokens).toBeGreaterThanOrEqual('some words'.length / 4);
    expect(usage.estimated).toBe(true);
  });

  test('an estimate includes the arguments of calls', async () => {
    const city = 'x'.repeat(9000);
    const { turn } = await collect(() => ({
      toolCalls: [{ name: 'look_up', arguments: { city } }],
      withoutUsage: true,
    }));
    expect(turn).toMatchObject({ tool_calls: [{ arguments: { city } }], usage: { estimated: true } });
    const usage = Usage.parse(typeof turn === 'object' && turn !== null && 'usage' in turn ? turn.usage : undefined);
    expect(usage.output_tokens).toBeGreaterThan(9000 / 5);
  });

  test('twenty concurrent turns do not mix', async () => {
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
