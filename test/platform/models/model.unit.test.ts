import { expect, test } from 'vitest';
import { ModelChoice, ModelName } from '../../../functions/platform/models/model.ts';

test.each([
  'gemini-3.8-flash',
  'models/gemini-3.8-flash',
  'publishers/google/models/gemini-3.8-flash@001',
  'qwen3:8b',
  'hf.co/bartowski/Qwen3-8B-GGUF:Q4_K_M',
  'accounts/fireworks/models/kimi-k2',
  'llama3.3+tools',
])('%s is the name of a model', (name) => {
  expect(ModelName.parse(name)).toBe(name);
});

test.each([
  '',
  '..',
  '../x',
  'a/../b',
  'a..b',
  '/a',
  'a//b',
  'a/',
  'a?b',
  'a#b',
  'a%2e',
  'a b',
  'a\\b',
  'a\nb',
  'a&b',
  'ä',
  'x'.repeat(201),
])('%j is none, because it could change the path of a request', (name) => {
  expect(ModelName.safeParse(name).success).toBe(false);
  expect(ModelChoice.safeParse({ provider: 'gemini', model: name }).success).toBe(false);
});
