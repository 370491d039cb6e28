import { afterEach, describe, expect, test } from 'vitest';
import { collectTurn } from '../../../../functions/platform/models/collect-turn.ts';
import type { ImageType } from '../../../../functions/platform/models/model-image.ts';
import { openGemini } from '../../../../functions/platform/models/providers/gemini.ts';
import type { GeminiSettings } from '../../../../functions/platform/models/providers/gemini-client.ts';
import { startScriptedGemini } from '../../../support/scripted-gemini.ts';
import type { ScriptedServer } from '../../../support/scripted-provider.ts';
import { testProviderAnswers } from './provider-answers.ts';
import { KEY, type ProviderUnderTest, readAll, requestOf } from './provider-bench.ts';
import { testProviderFailures } from './provider-failures.ts';

function settingsOf(changes: Partial<GeminiSettings>): GeminiSettings {
  return {
    GEMINI_API_KEY: undefined,
    GOOGLE_API_KEY: undefined,
    GOOGLE_GENAI_USE_VERTEXAI: false,
    GOOGLE_CLOUD_PROJECT: undefined,
    GOOGLE_CLOUD_LOCATION: 'us-central1',
    GOOGLE_GEMINI_BASE_URL: undefined,
    GOOGLE_VERTEX_BASE_URL: undefined,
    ...changes,
  };
}

const provider: ProviderUnderTest = {
  name: 'gemini',
  start: (answer) => startScriptedGemini({ answer }),
  open: (url) => openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: url })),
};
describe('gemini answers', () => testProviderAnswers(provider));
describe('gemini fails', () => testProviderFailures(provider));

describe('gemini', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.close();
  });
  const signal = new AbortController().signal;

  test('Vertex AI with a key uses its own URL', async () => {
    server = await startScriptedGemini({ answer: () => ({ text: 'from vertex' }) });
    const model = await openGemini(
      settingsOf({ GOOGLE_API_KEY: KEY, GOOGLE_GENAI_USE_VERTEXAI: true, GOOGLE_VERTEX_BASE_URL: server.url }),
    );
    const events = await readAll(model.stream(requestOf(), signal));
    expect(events).toContainEqual({ type: 'text_delta', text: 'from ver' });
    expect(server.requests[0]?.path).toContain('publishers/google/models/scripted-model:streamGenerateContent');
  });

  test('an output limit that is too high is learned, and a reminder stays beside the last result', async () => {
    const message =
      'it has a maxOutputTokens value of 1000 but the supported range is from 1 (inclusive) to 513 (exclusive)';
    server = await startScriptedGemini({
      answer: (_, index) =>
        index === 0 ? { failure: { status: 400, message, code: 'INVALID_ARGUMENT' } } : { text: 'ok' },
    });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    const messages = [
      ...requestOf().messages,
      { role: 'assistant' as const, text: '', toolCalls: [{ id: 'a', name: 'look_up', arguments: {} }] },
      { role: 'tool' as const, results: [{ id: 'a', name: 'look_up', output: 'France', isError: false }] },
      { role: 'user' as const, text: '1 turn left' },
    ];
    await readAll(model.stream(requestOf({ messages }), signal));
    expect(server.requests[1]?.body).toMatchObject({ generationConfig: { maxOutputTokens: 512 } });
    expect(server.requests[1]?.messages.slice(-2)).toMatchObject([
      { results: [{ output: 'France' }] },
      { role: 'user', text: '1 turn left' },
    ]);
  });

  test('a thought signature is returned with its call and sent back with it', async () => {
    server = await startScriptedGemini({
      answer: (_, index) =>
        index === 0
          ? {
              toolCalls: [
                { name: 'look_up', arguments: { city: 'Paris' }, signature: 'c2lnbmF0dXJl' },
                { name: 'look_up', arguments: {} },
              ],
            }
          : { text: 'done' },
    });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    const events = await readAll(model.stream(requestOf(), signal));
    const toolCalls = events.flatMap((event) => (event.type === 'tool_call' ? [event.call] : []));
    expect(toolCalls.map((call) => call.signature)).toEqual(['c2lnbmF0dXJl', undefined]);
    const results = toolCalls.map((call) => ({ id: call.id, name: call.name, output: 'ok', isError: false }));
    const messages = [
      ...requestOf().messages,
      { role: 'assistant' as const, text: '', toolCalls },
      { role: 'tool' as const, results },
    ];
    await readAll(model.stream(requestOf({ messages }), signal));
    expect(server.requests[1]?.body).toMatchObject({
      contents: [
        { role: 'user' },
        {
          role: 'model',
          parts: [
            { functionCall: { name: 'look_up', args: { city: 'Paris' } }, thoughtSignature: 'c2lnbmF0dXJl' },
            { functionCall: { name: 'look_up' } },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { response: { output: 'ok' } } }, { functionResponse: {} }] },
      ],
    });
    // Gemini does not know our ids.
    expect(JSON.stringify(server.requests[1]?.body)).not.toContain('own-');
  });

  test("calls of another provider's model get the placeholder signature", async () => {
    server = await startScriptedGemini({ answer: () => ({ text: 'done' }) });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    const toolCalls = [{ id: 'toolu_1', name: 'look_up', arguments: {}, signature: '[{"type":"thinking"}]' }];
    const messages = [...requestOf().messages, { role: 'assistant' as const, text: '', toolCalls }];
    await readAll(model.stream(requestOf({ messages, model: 'gemini-3.8-flash' }), signal));
    await readAll(model.stream(requestOf({ messages, model: 'gemini-2.5-flash' }), signal));
    expect(server.requests.map((request) => JSON.stringify(request.body).includes('skip_thought'))).toEqual([
      true,
      false,
    ]);
    expect(JSON.stringify(server.requests[0]?.body)).not.toContain('thinking');
  });

  test('a GIF is named, because Gemini takes none, and other images beside it are shown', async () => {
    server = await startScriptedGemini({ answer: () => ({ text: 'ok' }) });
    const model = await provider.open(server.url);
    const imageOf = (name: string, mediaType: ImageType) => ({ name, mediaType, data: 'AAAA', width: 1, height: 1 });
    const images = [imageOf('a.gif', 'image/gif'), imageOf('b.png', 'image/png')];
    await readAll(model.stream(requestOf({ messages: [{ role: 'user', text: 'look', images }] }), signal));
    expect(server.requests[0]?.body).toMatchObject({
      contents: [
        {
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
            { text: expect.stringMatching(/^look\n\n\[The user attached a\.gif \(1 × 1 px\), which you cannot see\./) },
          ],
        },
      ],
    });
  });

  test('a response schema is passed on without $schema, and only without tools', async () => {
    server = await startScriptedGemini({ answer: () => ({ text: '{}' }) });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    const responseSchema = { $schema: 'x', type: 'object' };
    await readAll(model.stream(requestOf({ responseSchema, tools: [] }), signal));
    await readAll(model.stream(requestOf({ responseSchema }), signal));
    expect(server.requests[0]?.body).toMatchObject({
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object' },
        maxOutputTokens: 1000,
        temperature: 0.2,
      },
    });
    expect(JSON.stringify(server.requests[1]?.body)).not.toContain('responseMimeType');
  });

  test("the service's limit (CONTINUATION) is `length`, and the SDK sends no continuation", async () => {
    const chunk = {
      candidates: [
        { content: { parts: [{ text: 'a' }] }, finishReason: 'CONTINUATION', continuationToken: 'dG9rZW4=' },
      ],
    };
    server = await startScriptedGemini({ answer: () => ({ rawFrame: `data: ${JSON.stringify(chunk)}\n\n` }) });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    const events = await readAll(model.stream(requestOf(), signal));
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'length' });
    expect(server.requests).toHaveLength(1);
  });

  /** Returns the turn for an answer that ends with this reason, and the number of requests. */
  async function collectEnd(finishReason: string, more: Record<string, unknown> = {}) {
    const chunk = {
      candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason, ...more }],
      usageMetadata: { promptTokenCount: 9 },
    };
    server = await startScriptedGemini({ answer: () => ({ rawFrame: `data: ${JSON.stringify(chunk)}\n\n` }) });
    // The SDK drops Gemini's message, except with Vertex AI.
    const settings = { GOOGLE_API_KEY: KEY, GOOGLE_GENAI_USE_VERTEXAI: true, GOOGLE_VERTEX_BASE_URL: server.url };
    const model = await openGemini(settingsOf(settings));
    const turn = await collectTurn({ model, request: requestOf(), signal, timeoutMs: 5000 });
    return { turn, asked: server.requests.length };
  }

  test.each([
    ['SAFETY', 'filtered'],
    ['LANGUAGE', 'filtered'],
    ['BLOCKLIST', 'filtered'],
    ['PROHIBITED_CONTENT', 'filtered'],
    ['SPII', 'filtered'],
    ['RECITATION', 'recited'],
  ])('%s is %s: the half answer is dropped, and nothing is asked again', async (finishReason, reason) => {
    const { turn, asked } = await collectEnd(finishReason);
    expect(turn).toMatchObject({ text: '', finish_reason: reason, stop_word: finishReason });
    expect(turn.usage.input_tokens).toBe(9);
    expect(asked).toBe(1);
  });

  test.each(['OTHER', 'FINISH_REASON_UNSPECIFIED', 'MALFORMED_RESPONSE', 'SOMETHING_NEW'])(
    '%s is not finished: the model is to write the answer again',
    async (finishReason) => {
      const { turn, asked } = await collectEnd(finishReason);
      expect(turn).toMatchObject({ text: 'a', finish_reason: 'unknown', stop_word: finishReason });
      expect(turn.fault).toContain(finishReason);
      expect(asked).toBe(1);
    },
  );

  test.each([
    ['MALFORMED_FUNCTION_CALL', 'print(default_api.look_up(city="Rom"))'],
    ['UNEXPECTED_TOOL_CALL', 'look_down'],
  ])('%s becomes a message to the model that quotes what Gemini says', async (finishReason, finishMessage) => {
    const { turn, asked } = await collectEnd(finishReason, { content: {}, finishMessage });
    expect(turn).toMatchObject({ text: '', tool_calls: [], finish_reason: 'tool_calls' });
    expect(turn.fault).toContain(finishMessage);
    expect(asked).toBe(1);
  });

  test('an error inside the stream is an error, a blocked prompt is a refusal', async () => {
    const frames = [
      { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } },
      { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5 } },
    ];
    server = await startScriptedGemini({
      answer: (_, index) => ({ rawFrame: `data: ${JSON.stringify(frames[index])}\n\n` }),
    });
    const model = await openGemini(settingsOf({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.url }));
    await expect(readAll(model.stream(requestOf(), signal))).rejects.toMatchObject({ kind: 'unavailable' });
    const events = await readAll(model.stream(requestOf(), signal));
    expect(events.at(-1)).toEqual({
      type: 'finish',
      reason: 'filtered',
      word: 'SAFETY',
      usage: { input_tokens: 5 },
    });
  });

  test('an invalid key, which Gemini answers with 400, is unauthorized', async () => {
    server = await startScriptedGemini({ answer: () => ({ failure: { status: 400 } }) });
    const { classifyFailure } = await import('../../../../functions/platform/models/providers/classify-failure.ts');
    const { readGeminiFacts } = await import('../../../../functions/platform/models/providers/gemini-client.ts');
    const { ApiError } = await import('@google/genai');
    const message = JSON.stringify({
      error: { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] },
    });
    expect(classifyFailure('gemini', new ApiError({ status: 400, message }), readGeminiFacts)).toMatchObject({
      kind: 'unauthorized',
    });
  });

  test('without a key the error names GEMINI_API_KEY', async () => {
    await expect(openGemini(settingsOf({}))).rejects.toThrow('GEMINI_API_KEY');
    await expect(openGemini(settingsOf({ GOOGLE_GENAI_USE_VERTEXAI: true }))).rejects.toThrow('GOOGLE_CLOUD_PROJECT');
  });
});
