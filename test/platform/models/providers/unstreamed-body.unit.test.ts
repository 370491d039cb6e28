import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { collectTurn } from '../../../../functions/platform/models/collect-turn.ts';
import type { Model } from '../../../../functions/platform/models/model.ts';
import { openClaude } from '../../../../functions/platform/models/providers/claude.ts';
import { openOpenAI, openQwen } from '../../../../functions/platform/models/providers/openai.ts';
import { type ScriptedHttpServer, startHttpServer } from '../../../support/scripted-server.ts';
import { KEY, requestOf } from './provider-bench.ts';

/** Answers that are no event stream, with the real SDKs. */
let server: ScriptedHttpServer | undefined;
let asked = 0;
afterEach(async () => {
  await server?.close();
});

async function answerWith(answer: (response: ServerResponse) => void): Promise<string> {
  asked = 0;
  server = await startHttpServer((request, response) => {
    asked += 1;
    request.resume();
    answer(response);
  });
  return server.url;
}

const send =
  (body: string, type = 'application/json', status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'content-type': type }).end(body);

const openAI = (url: string) => openOpenAI({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url });
const ask = (model: Model) =>
  collectTurn({
    model,
    request: requestOf(),
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    wait: async () => undefined,
  }).catch((error: unknown) => error);

const call = (city: string) => ({
  type: 'function',
  function: { name: 'look_up', arguments: JSON.stringify({ city }) },
});
const whole = (message: object, finish_reason: string) =>
  JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
    usage: { prompt_tokens: 50, completion_tokens: 7 },
  });

test.each(['application/json; charset=utf-8', 'text/event-stream', 'text/plain'])(
  'one JSON body of type %s is the answer, with its calls, its thinking and its usage',
  async (type) => {
    const message = { content: 'I look.', reasoning_content: 'Hm.', tool_calls: [call('Paris'), call('Rom')] };
    const url = await answerWith(send(`\n ${whole(message, 'tool_calls')}`, type));
    expect(await ask(await openAI(url))).toMatchObject({
      text: 'I look.',
      thinking: { text: 'Hm.' },
      tool_calls: [{ arguments: { city: 'Paris' } }, { arguments: { city: 'Rom' } }],
      usage: { input_tokens: 50, output_tokens: 7 },
    });
    expect(asked).toBe(1);
  },
);

test('a JSON body that has one large text is read whole', async () => {
  const content = 'é'.repeat(40_000);
  const url = await answerWith(send(whole({ content }, 'stop')));
  expect(await ask(await openAI(url))).toMatchObject({ text: content });
});

test('an event stream that is declared as JSON is read as a stream', async () => {
  const frame = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const url = await answerWith(send(`: keep-alive\n\n${frame({ content: 'é' }, null)}${frame({}, 'stop')}`));
  expect(await ask(await openAI(url))).toMatchObject({ text: 'é' });
});

const PAGE = '<!doctype html><html><title>Chat</title></html>';
test.each([
  ['a web page', send(PAGE, 'text/html')],
  ['a web page without a type', send(`\n${PAGE}`, '')],
  ['a web page with 404', send(PAGE, 'text/html', 404)],
  ['a web page with 405', send(PAGE, 'text/html; charset=utf-8', 405)],
  ['JSON that is no answer', send('{"status":"ok"}')],
])('%s is told as a wrong address, and asked for once', async (_, answer) => {
  const url = await answerWith(answer);
  for (const [model, variable] of [
    [await openAI(url), 'OPENAI_BASE_URL'],
    [await openQwen({ QWEN_API_KEY: KEY, QWEN_BASE_URL: url }), 'QWEN_BASE_URL'],
  ] as const) {
    asked = 0;
    const error = await ask(model);
    expect(error).toMatchObject({ kind: 'rejected', retryable: false, message: expect.stringContaining(variable) });
    expect(asked).toBe(1);
  }
});

test('a web page in the place of Claude is told as a wrong address', async () => {
  const url = await answerWith(send(PAGE, 'text/html'));
  const model = await openClaude({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url });
  expect(await ask(model)).toMatchObject({ kind: 'rejected', message: expect.stringContaining('ANTHROPIC_BASE_URL') });
});

test('an error as one JSON body with 200 is a failure', async () => {
  const url = await answerWith(send('{"error":{"message":"no such model","code":"model_not_found"}}'));
  expect(await ask(await openAI(url))).toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('does not know the model scripted-model'),
  });
});

test('a JSON body without end is not read whole', async () => {
  const url = await answerWith((response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"choices":[{"message":{"content":"');
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(1_000_000)));
    };
    response.on('drain', more);
    more();
  });
  expect(await ask(await openAI(url))).toMatchObject({ name: 'ModelError', retryable: true, isAway: false });
});
