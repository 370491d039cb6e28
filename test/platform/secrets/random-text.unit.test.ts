import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isRandomText } from '../../../functions/platform/secrets/random-text.ts';

describe('isRandomText', () => {
  it.each([
    'lm-studio',
    'apexflow',
    'apexflow-2026-prod',
    'sk-no-key-required',
    'sk-1234567890abcdef',
    'token-abc123',
    'your-api-key-here',
    'EMPTY-KEY',
    'vllm-dummy-key',
    'MySecretPassword123',
    'hemligt-lösenord',
    '2026-11-29',
    '0000000000000000',
    'deadbeefdeadbeef',
  ])('is false for words: %s', (text) => expect(isRandomText(text)).toBe(false));

  it.each(['base64', 'base64url', 'hex'] as const)('is true for nearly every random text in %s', (encoding) => {
    const texts = Array.from({ length: 1_000 }, (_, seed) =>
      createHash('sha256').update(`${seed}`).digest(encoding).slice(0, 24),
    );
    expect(texts.filter((text) => !isRandomText(text)).length).toBeLessThanOrEqual(2);
  });
});
