import { afterEach, describe, expect, test } from 'vitest';
import { collectTurn } from '../../../../functions/platform/models/collect-turn.ts';
import type { Model } from '../../../../functions/platform/models/model.ts';
import { openClaude } from '../../../../functions/platform/models/providers/claude.ts';
import { startScriptedClaude } from '../../../support/scripted-claude.ts';
import type { ScriptedHandler, ScriptedServer } from '../../../support/scripted-provider.ts';
import { testProviderAnswers } from './provider-answers.ts';
import { KEY, lookUp, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';
import { testProviderFailures } from './provider-failures.ts';

const open = (url: string) => openClaude({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url });

const provider: ProviderUnderTest = { name: 'claude', start: (answer) => startScriptedClaude({ answer }), open };
describe('claude answers', () => testProviderAnswers(provider));
describe('claude fails', () => testProviderFailures(provider));

describe('claude alone', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.close();
  });
  const signal = new AbortController().signal;
  async function start(answer: ScriptedHandler): Promise<Model> {
    server = await startScriptedClaude({ answer });
    return open(server.url);
  }

  test('thinking before a call is sent back unchanged before the call', async () => {
    const model = await start((_, index) =>
      index === 0
        ? { thinking: 'Paris it is', text: 'Looking.', toolCalls: [{ name: 'look_up', arguments: { city: 'Paris' } }] }
        : { text: 'done' },
    );
    const events = await readAll(model.stream(requestOf(), signal));
    const toolCalls = events.flatMap((event) => (event.type === 'tool_call' ? [event.call] : []));
    const messages = [...requestOf().messages, { role: 'assistant' as const, text: 'Looking.', toolCalls }];
    await readAll(model.stream(requestOf({ messages }), signal));
    expect(server?.requests[1]?.body).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Paris it is', signature: 'c2lnbmVk' },
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 'toolu_0', input: { city: 'Paris' } },
          ],
        },
      ],
    });
  });

  test("another provider's signature is dropped and its id is made valid", async () => {
    const model = await start(() => ({ text: 'done' }));
    const toolCalls = [{ id: 'id.with/signs', name: 'look_up', arguments: {}, signature: 'Z2VtaW5p' }];
    const results = [{ id: 'id.with/signs', name: 'look_up', output: 'x', isError: false }];
    const messages = [
      ...requestOf().messages,
      { role: 'assistant' as const, text: '', toolCalls },
      { role: 'tool' as const, results },
    ];
    await readAll(model.stream(requestOf({ messages }), signal));
    expect(server?.requests[0]?.messages).toMatchObject([
      { role: 'user' },
      { toolCalls: [{ id: 'id_with_signs' }] },
      { results: [{ id: 'id_with_signs' }] },
    ]);
    expect(JSON.stringify(server?.requests[0]?.body)).not.toContain('Z2VtaW5p');
  });

  describe('context edits', () => {
    const contextEdits = { clearToolResults: { trigger: 30_000, keep: 3, clearAtLeast: 5_000 }, keepThinking: 2 };
    const results = {
      type: 'clear_tool_uses_20250919',
      trigger: { type: 'input_tokens', value: 30_000 },
      keep: { type: 'tool_uses', value: 3 },
      clear_at_least: { type: 'input_tokens', value: 5_000 },
    };
    const thoughts = { type: 'clear_thinking_20251015', keep: { type: 'thinking_turns', value: 2 } };
    const sent = () => server?.requests.map(({ body }) => Object(body).context_management);
    const collect = (model: Model, changes = {}) =>
      collectTurn({ model, request: requestOf({ contextEdits, ...changes }), signal, timeoutMs: 10_000 });

    test('are asked for, and what was cleared is in the turn', async () => {
      const applied_edits = [
        { type: 'clear_thinking_20251015', cleared_thinking_turns: 4, cleared_input_tokens: 900 },
        { type: 'clear_tool_uses_20250919', cleared_tool_uses: 8, cleared_input_tokens: 50_000 },
        { type: 'clear_something_else', cleared_input_tokens: 1 },
      ];
      const model = await start(() => ({ text: 'done', contextManagement: { applied_edits } }));
      const turn = await collect(model);
      expect(sent()).toEqual([{ edits: [thoughts, results] }]);
      expect(server?.requests[0]?.headers['anthropic-beta']).toBe('context-management-2025-06-27');
      expect(turn.context_edits).toEqual([
        { what: 'thinking', count: 4, tokens: 900 },
        { what: 'tool_results', count: 8, tokens: 50_000 },
      ]);
    });

    test('are left out where nothing is asked for, nothing can be cleared, or the model does not do it', async () => {
      const model = await start(() => ({ text: 'done' }));
      const turn = await collect(model, { contextEdits: undefined });
      await collect(model, { contextEdits: { clearToolResults: contextEdits.clearToolResults }, tools: [] });
      await collect(model, { capabilities: { context_edits: 'none' } });
      expect(sent()).toEqual([undefined, undefined, undefined]);
      expect(server?.requests[0]?.headers['anthropic-beta']).toBeUndefined();
      expect(turn).not.toHaveProperty('context_edits');
    });

    test('that a server refuses are learned and left out', async () => {
      const refuse = (message: string) => ({ failure: { status: 400, code: 'invalid_request_error', message } });
      const model = await start(({ body }) => {
        const edits = JSON.stringify(Object(body).context_management ?? '');
        if (edits.includes('thinking'))
          return refuse('`clear_thinking_20251015` strategy requires `thinking` to be enabled');
        return edits.includes('tool') ? refuse('context_management: Extra inputs are not permitted') : { text: 'done' };
      });
      expect((await collect(model)).text).toBe('done');
      expect(sent()).toEqual([{ edits: [thoughts, results] }, { edits: [results] }, undefined]);
      expect(model.capabilitiesOf?.({ model: 'scripted-model' }).context_edits).toBe('none');
      expect(model.capabilitiesOf?.({ model: 'another' }).context_edits).toBe('all');
    });
  });

  test('tools, instruction and the last two messages of the user are marked for the cache, when there are tools', async () => {
    const model = await start(() => ({ text: 'done' }));
    const turn = (id: string) => [
      { role: 'assistant' as const, text: '', toolCalls: [{ id, name: 'look_up', arguments: {} }] },
      { role: 'tool' as const, results: [{ id, name: 'look_up', output: id, isError: false }] },
    ];
    const messages = [...requestOf().messages, ...['a', 'b', 'c'].flatMap(turn)];
    await readAll(model.stream(requestOf({ messages, tools: [lookUp, { ...lookUp, name: 'other' }] }), signal));
    const mark = { cache_control: { type: 'ephemeral' } };
    const body = server?.requests[0]?.body;
    expect(body).toMatchObject({ system: [{ type: 'text', ...mark }], tools: [{}, { name: 'other', ...mark }] });
    const marked = JSON.stringify(body).split('cache_control').length - 1;
    expect(marked).toBe(4);
    expect(body).toMatchObject({
      messages: [
        {},
        {},
        {},
        {},
        { content: [{ tool_use_id: 'b', ...mark }] },
        {},
        { content: [{ tool_use_id: 'c', ...mark }] },
      ],
    });
    await readAll(model.stream(requestOf({ tools: [] }), signal));
    expect(JSON.stringify(server?.requests[1]?.body)).not.toContain('cache_control');
  });

  test('an output limit that is too high is learned', async () => {
    const message = 'max_tokens: 1000 > 512, which is the maximum allowed number of output tokens for scripted-model';
    const model = await start((_, index) =>
      index === 0 ? { failure: { status: 400, message, code: 'invalid_request_error' } } : { text: 'done' },
    );
    await readAll(model.stream(requestOf(), signal));
    expect(server?.requests.map(({ body }) => (body as { max_tokens: number }).max_tokens)).toEqual([1000, 512]);
  });

  test('a response schema becomes an output format', async () => {
    const model = await start(() => ({ text: '{}' }));
    const responseSchema = {
      $schema: 'x',
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
      additionalProperties: false,
    };
    await readAll(model.stream(requestOf({ responseSchema }), signal));
    expect(server?.requests[0]?.body).toMatchObject({
      max_tokens: 1000,
      output_config: {
        format: { type: 'json_schema', schema: { type: 'object', required: ['n'], additionalProperties: false } },
      },
    });
  });

  test.each([
    ['overloaded_error', 'unavailable'],
    ['rate_limit_error', 'rate_limited'],
    ['invalid_request_error', 'rejected'],
    ['authentication_error', 'unauthorized'],
  ])('an error inside the stream is classified: %s is %s', async (type, kind) => {
    const rawFrame = `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message: KEY } })}\n\n`;
    const model = await start(() => ({ text: 'a', rawFrame }));
    await expect(readAll(model.stream(requestOf(), signal))).rejects.toMatchObject({ name: 'ModelError', kind });
  });

  const event = (type: string, fields: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const textBlock = [
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'some text' } }),
    event('content_block_stop', { index: 0 }),
  ].join('');
  const end = (stop_reason: string | null) =>
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } });
  async function collect(...frames: string[]) {
    const model = await start((_, index) => (index === 0 ? { rawFrame: frames.join('') } : { text: 'whole' }));
    return collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000, wait: async () => undefined });
  }

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['pause_turn', 'length'],
    ['refusal', 'refused'],
    ['model_context_window_exceeded', 'context_full'],
    ['content_filter', 'filtered'],
    ['compaction_of_tomorrow', 'unknown'],
  ])('the stop reason %s is %s, and nothing is asked again', async (word, reason) => {
    const turn = await collect(textBlock, end(word), event('message_stop'));
    expect(turn.finish_reason).toBe(reason);
    expect(turn.fault === undefined && turn.text !== '').toBe(reason === 'stop');
    expect(server?.requests).toHaveLength(1);
  });

  test('a stream without message_stop has ended when it has a stop reason; without one it is asked for again', async () => {
    expect(await collect(textBlock, end('end_turn'))).toMatchObject({ text: 'some text', finish_reason: 'stop' });
    expect(server?.requests).toHaveLength(1);
    await server?.close();
    expect(await collect(textBlock, end(null), event('message_stop'))).toMatchObject({ text: 'whole' });
    expect(server?.requests).toHaveLength(2);
  });

  test('a call whose arguments came as an object with its start, and one whose block was not closed', async () => {
    const block = (index: number, input: object) =>
      event('content_block_start', {
        index,
        content_block: { type: 'tool_use', id: `t${index}`, name: 'look_up', input },
      });
    const delta = { type: 'input_json_delta', partial_json: '{"city":"Oslo"}' };
    const turn = await collect(
      block(0, { city: 'Rom' }),
      block(1, {}),
      event('content_block_delta', { index: 1, delta }),
      end('tool_use'),
      event('message_stop'),
    );
    expect(turn.tool_calls).toMatchObject([{ arguments: { city: 'Rom' } }, { arguments: { city: 'Oslo' } }]);
  });

  test('without a key the error names ANTHROPIC_API_KEY', async () => {
    const opening = openClaude({ ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined });
    await expect(opening).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('ANTHROPIC_API_KEY'),
    });
  });
});
