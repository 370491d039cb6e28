import { afterEach, expect, test } from 'vitest';
import { chooseModel, defaultModel } from '../../functions/identity/choose-model.ts';
import { environment } from '../../functions/platform/environment.ts';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';

const { DEFAULT_MODEL, ANTHROPIC_API_KEY } = environment;
afterEach(() => Object.assign(environment, { DEFAULT_MODEL, ANTHROPIC_API_KEY }));

const choice = (model: string) => ({ provider: 'gemini' as const, model });
const config = { backend: choice('of-the-tenant'), default: choice('default-of-the-tenant') };

test('prefers the tenant’s choice, then the worker’s own model, then the tenant’s default', () => {
  expect(chooseModel(config, 'backend', choice('declared'))).toEqual(choice('of-the-tenant'));
  expect(chooseModel(config, 'frontend', choice('declared'))).toEqual(choice('declared'));
  expect(chooseModel(config, 'frontend')).toEqual(choice('default-of-the-tenant'));
});

test('uses DEFAULT_MODEL, then the first provider with a key, when the tenant has no choice', () => {
  environment.ANTHROPIC_API_KEY = 'a-key-of-the-test';
  expect(chooseModel({}, 'backend')).toEqual({ provider: 'claude', model: DEFAULT_MODELS.claude.model });
  environment.DEFAULT_MODEL = 'openai/vendor/model';
  expect(chooseModel({}, 'backend')).toEqual({ provider: 'openai', model: 'vendor/model' });
  expect(defaultModel()).toEqual({ provider: 'openai', model: 'vendor/model' });
});

test('returns undefined when no model is configured; the default model is the rehearsal then', () => {
  expect(chooseModel({}, 'backend')).toBeUndefined();
  expect(defaultModel()).toEqual({ provider: 'rehearsal', model: 'script' });
});

test.each([
  ['no object', null],
  ['an unknown provider', { backend: { provider: 'skynet', model: 'm' } }],
])('ignores a worker_config that is invalid: %s', (_what, workerConfig) => {
  expect(chooseModel(workerConfig, 'backend', choice('declared'))).toEqual(choice('declared'));
});
