import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseEnvironment } from '../../functions/platform/environment.ts';
import { type Model, ModelChoice } from '../../functions/platform/models/model.ts';
import { openGemini } from '../../functions/platform/models/providers/gemini.ts';
import { startScriptedGemini } from '../support/scripted-gemini.ts';
import type { ScriptedServer } from '../support/scripted-provider.ts';

/** A tenant names models, and Gemini's SDK puts the name into the path of a request that carries the provider's key. */
let server: ScriptedServer;
let model: Model;
beforeAll(async () => {
  server = await startScriptedGemini({ answer: () => ({ text: 'ok' }) });
  model = await openGemini({
    GEMINI_API_KEY: 'a-key-of-the-test',
    GOOGLE_API_KEY: undefined,
    GOOGLE_GENAI_USE_VERTEXAI: false,
    GOOGLE_CLOUD_PROJECT: undefined,
    GOOGLE_CLOUD_LOCATION: 'us-central1',
    GOOGLE_GEMINI_BASE_URL: server.url,
    GOOGLE_VERTEX_BASE_URL: undefined,
  });
});
afterAll(() => server.close());

test.each([
  '../files',
  'models/../../files',
  '..%2ffiles',
  '%2e%2e/files',
  'x/./y',
  'x//y',
  '/x',
  'x?alt=json&key=stolen',
  'x#fragment',
  'x:generateContent?y=',
  'x\\..\\y',
  'x y',
  'x\r\nHost: evil',
  'x\u0000y',
  '．．/x',
  'http://evil/x',
])('%j is refused before any request, as a setting of a tenant and of a deployment', (name) => {
  expect(ModelChoice.safeParse({ provider: 'gemini', model: name }).success).toBe(false);
  expect(() => parseEnvironment({ DEFAULT_MODEL: `gemini/${name}` })).toThrow('DEFAULT_MODEL');
});

test.each(['gemini-3.8-flash', 'models/gemini-3.8-flash', 'gemini-3.8-flash-001'])(
  '%s stays one path below the API',
  async (name) => {
    const request = { model: ModelChoice.parse({ provider: 'gemini', model: name }).model, system: '', tools: [] };
    const messages = [{ role: 'user' as const, text: 'x' }];
    for await (const _ of model.stream({ ...request, messages, maxOutputTokens: 10 }, AbortSignal.timeout(10_000)));
    const path = name.includes('/') ? name : `models/${name}`;
    expect(server.requests.at(-1)?.path).toMatch(new RegExp(`^/v1(beta)?/${path}:streamGenerateContent\\?alt=sse$`));
  },
);
