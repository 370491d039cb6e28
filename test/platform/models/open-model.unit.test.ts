import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { configuredChoice, configuredProvider, openModel } from '../../../functions/platform/models/open-model.ts';

const none = {
  GEMINI_API_KEY: undefined,
  GOOGLE_API_KEY: undefined,
  GOOGLE_GENAI_USE_VERTEXAI: false,
  GOOGLE_CLOUD_PROJECT: undefined,
  GOOGLE_CLOUD_LOCATION: 'us-central1',
  GOOGLE_GEMINI_BASE_URL: undefined,
  GOOGLE_VERTEX_BASE_URL: undefined,
  ANTHROPIC_API_KEY: undefined,
  OPENAI_API_KEY: undefined,
  QWEN_API_KEY: undefined,
};

/** Runs a script in its own process with only the given environment. */
function run(script: string, variables: Record<string, string> = {}): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../../..', import.meta.url),
    env: { PATH: process.env.PATH, ...variables },
    encoding: 'utf8',
  });
  return stdout + stderr;
}

const open = "import { openModel } from './functions/platform/models/open-model.ts';";

test('configuredProvider returns the first provider with a key', () => {
  expect(configuredProvider(none)).toBeUndefined();
  expect(configuredChoice(none)).toBeUndefined();
  expect(configuredProvider({ ...none, QWEN_API_KEY: 'k' })).toBe('qwen');
  expect(configuredProvider({ ...none, QWEN_API_KEY: 'k', OPENAI_API_KEY: 'k' })).toBe('openai');
  expect(configuredProvider({ ...none, OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' })).toBe('claude');
  expect(configuredProvider({ ...none, ANTHROPIC_API_KEY: 'k', GOOGLE_API_KEY: 'k' })).toBe('gemini');
  expect(configuredProvider({ ...none, GOOGLE_GENAI_USE_VERTEXAI: true, GOOGLE_CLOUD_PROJECT: 'p' })).toBe('gemini');
  expect(configuredProvider({ ...none, GOOGLE_CLOUD_PROJECT: 'p' })).toBeUndefined();
  expect(configuredChoice({ ...none, ANTHROPIC_API_KEY: 'k' })).toEqual({
    provider: 'claude',
    model: 'claude-sonnet-5-5',
  });
});

test('openModel rejects the rehearsal', async () => {
  await expect(openModel({ provider: 'rehearsal', model: 'team' })).rejects.toThrow('runs domain');
});

test.each([
  ['gemini', 'GEMINI_API_KEY'],
  ['claude', 'ANTHROPIC_API_KEY'],
  ['openai', 'OPENAI_API_KEY'],
  ['qwen', 'QWEN_API_KEY'],
])('%s without a key throws an error that names %s, each time', (provider, variable) => {
  const output = run(`${open}
    for (const _ of [1, 2]) await openModel({ provider: '${provider}', model: 'm' }).catch((error) => console.log(error.kind, error.message));`);
  expect(output.match(new RegExp(`unauthorized .*${variable}`, 'g'))).toHaveLength(2);
});

test.each([
  ['gemini', 'GEMINI_API_KEY'],
  ['claude', 'ANTHROPIC_API_KEY'],
  ['openai', 'OPENAI_API_KEY'],
  ['qwen', 'QWEN_API_KEY'],
])('%s is opened once per process, for all its models', (provider, variable) => {
  const output = run(
    `${open}
    const [one, other] = await Promise.all(['a', 'b'].map((model) => openModel({ provider: '${provider}', model })));
    console.log(one === other, one.provider);`,
    { [variable]: 'k' },
  );
  expect(output.trim()).toBe(`true ${provider}`);
});

test('no SDK is loaded before its first use', () => {
  const output = run(
    `import module from 'node:module';
    const loaded = [];
    module.registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    await import('./functions/platform/models/open-model.ts');
    await import('./functions/platform/models/embedding/open-embedder.ts');
    await import('./functions/platform/models/collect-turn.ts');
    console.log(loaded.filter((url) => /@google|@anthropic|openai\\//.test(url)).length, loaded.length > 3);`,
    { GEMINI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' },
  );
  expect(output.trim()).toBe('0 true');
});
