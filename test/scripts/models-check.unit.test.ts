import { afterEach, expect, test } from 'vitest';
import { openOpenAI } from '../../functions/platform/models/providers/openai.ts';
import { checkModel, isUsable, report } from '../../scripts/models-check.ts';
import { startScriptedOpenAI } from '../support/scripted-openai.ts';
import type { ScriptedHandler, ScriptedRequest, ScriptedServer } from '../support/scripted-provider.ts';

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
});

async function check(answer: ScriptedHandler) {
  server = await startScriptedOpenAI({ answer });
  const model = await openOpenAI({ OPENAI_API_KEY: undefined, OPENAI_BASE_URL: server.url });
  const findings = await checkModel(model, 'scripted', 10_000);
  return { findings, text: report(model, 'scripted', findings) };
}

const asked = ({ messages }: ScriptedRequest) => {
  const last = messages.findLast((message) => message.role === 'user');
  return last?.role === 'user' ? last.text : '';
};
const ANSWERS: [RegExp, string][] = [
  [/ready/, 'ready'],
  [/Count/, Array.from({ length: 30 }, (_, index) => index + 1).join(', ')],
  [/capital of France\?/, 'kaleidoscope'],
  [/code word/, 'heliotrope'],
  [/Grüße/, 'Grüße 你好 🙂'],
  [/JSON/, '{"city": "Paris"}'],
  [/17/, '<think>340 + 51</think>391'],
];

/** A model that does all that is asked. */
const able: ScriptedHandler = (request) => {
  const text = asked(request);
  if (/story/.test(text)) return { text: 'Once upon', finish: 'length' };
  if (request.messages.some(({ role }) => role === 'tool')) return { text: 'plumbago' };
  const cities = text.match(/Paris|Oslo/g) ?? [];
  if (request.tools.length > 0)
    return { toolCalls: cities.map((city, index) => ({ id: `c${index}`, name: 'get_weather', arguments: { city } })) };
  return { text: ANSWERS.find(([pattern]) => pattern.test(text))?.[1] ?? '' };
};

test('prints that everything works', async () => {
  const { findings, text } = await check(able);
  expect(findings.filter(({ works }) => !works)).toEqual([]);
  expect(findings.length).toBeGreaterThanOrEqual(10);
  expect(isUsable(findings)).toBe(true);
  expect(text).toMatch(/^openai\/scripted\n {2}yes {2}text/);
});

test('prints what does not work, and fails when workers need it', async () => {
  const { findings, text } = await check((request) =>
    request.tools.length > 0
      ? { failure: { status: 400, message: 'scripted does not support tools' } }
      : { text: '<think>x</think>ready', withoutUsage: true },
  );
  expect(isUsable(findings)).toBe(false);
  expect(text).toMatch(/NO {3}tool call .*cannot call tools/);
  expect(text).toMatch(/NO {3}usage reported .*estimated/);
  expect(text).toMatch(/yes {2}text/);
});
