import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../functions/platform/secrets/known-secrets.ts';
import { redactOutput } from '../../functions/tools/redact-output.ts';
import { expectLinear, repeated } from '../support/growth.ts';

const SECRET = 'tR0ub4dor&3/ü-correct+horse';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const reverse = (text: string) => [...text].reverse().join('');

/** Ways in which programs print a secret. */
const WAYS: [string, (secret: string) => string][] = [
  ['plain', (secret) => secret],
  ['base64', base64],
  ['base64 in a longer text', (secret) => base64(`x${secret}yz`)],
  ['base64 after two letters', (secret) => base64(`xx${secret}`)],
  ['base64 of base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['hexadecimal', (secret) => Buffer.from(secret).toString('hex')],
  ['upper-case hexadecimal', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['URL encoding', encodeURIComponent],
  [
    'every byte percent-encoded',
    (secret) => [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  ],
  ['reversed', reverse],
  ['reversed base64', (secret) => reverse(base64(secret))],
  ['base64 of the reversed secret', (secret) => base64(reverse(secret))],
  ['JSON', (secret) => JSON.stringify({ secret })],
];

describe('masks a secret of this process:', () => {
  it.each(WAYS)('%s', (_way, hide) => {
    const shown = redactOutput(`before ${hide(SECRET)} after\n`, [SECRET]);
    expect(shown).toContain('before ');
    expect(shown).toContain(' after\n');
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain(hide(SECRET));
    for (const part of [SECRET.slice(0, 12), SECRET.slice(-12)]) expect(shown).not.toContain(part);
  });

  it('secret variables of the environment and passwords in URLs', () => {
    expect(
      secretsOf({
        GEMINI_API_KEY: 'gemini-9fK2xQ7vLw3T',
        ALLOYDB_PASSWORD: 'c0ffee4521bd9a7e',
        DATABASE_URL: 'postgres://name:pZ%207w_kQ4v@host/db',
        PUBLIC_URL: 'https://example.org',
        LOG_LEVEL: 'q8Zk3nV5tR2x',
        PORT: 8080,
        CURSOR_SECRET: 'x7K2p',
      }),
    ).toEqual(['gemini-9fK2xQ7vLw3T', 'c0ffee4521bd9a7e', 'pZ%207w_kQ4v', 'pZ 7w_kQ4v']);
  });

  it('but no documented default that is a word', () => {
    expect(
      secretsOf({
        OPENAI_API_KEY: 'lm-studio',
        QWEN_API_KEY: 'sk-no-key-required',
        POSTGRES_PASSWORD: 'changeme-2026',
        DATABASE_URL: 'postgres://apexflow:apexflow@127.0.0.1/apexflow',
      }),
    ).toEqual([]);
  });
});

const letters = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789';
const KEYS = [
  `sk-ant-${letters}`,
  `AIza${letters.slice(0, 35)}`,
  `ghp_${letters}`,
  `github_pat_${letters}`,
  `xoxb-${letters}`,
  'AKIAIOSFODNN7EXAMPLE',
  `npm_${letters}`,
  `eyJ${letters}.${letters}.${letters}`,
];

describe('masks text that looks like a key:', () => {
  it.each(KEYS)('%s', (key) => {
    for (const hide of [(text: string) => text, base64, reverse, (text: string) => Buffer.from(text).toString('hex')]) {
      const shown = redactOutput(`token: ${hide(key)}\n`, []);
      expect(shown).not.toContain(hide(key));
      expect(shown).toMatch(/…|\[redacted\]/);
    }
  });

  it('a private key', () => {
    const body = `${letters}\n`.repeat(10);
    const shown = redactOutput(`-----BEGIN RSA PRIVATE KEY-----\n${body}-----END RSA PRIVATE KEY-----`, []);
    expect(shown).not.toContain(letters);
  });
});

it('does not change any other text', () => {
  const text = [
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8\nAuthor: Agent <agent@sandbox.invalid>\n',
    'sha512-4tCURCLkmpYm5nfZ0TFkBTIV1KWx62ns7Io7JihFAXPtFCYyMd4Q94t5PulEIbJeJ7EKwNsLZOX9ilb0By2LKw==',
    '/workspace/node_modules/some-package/dist/index.js:10:5 ████ 50% %20 é 👩‍👩‍👧 e\u0301',
    `${'a'.repeat(1_000)} ${'%41'.repeat(100)}`,
    'DATABASE_URL=postgres://apexflow:apexflow@db/apexflow; api key sk-no-key-required; Bearer authentication-scheme',
  ].join('\n');
  expect(redactOutput(text, [SECRET])).toBe(text);
});

// The patterns look ahead by at most 1,000 characters, so the smaller text is longer than that.
it.each(['a', '%', '%4', 'eyJ', 'sk-', '-----BEGIN ', 'A1', 'bearer ', '://a:', '=', ' '])(
  'reads a long output that repeats %j in linear time',
  (piece) => expectLinear((text) => redactOutput(text, [SECRET]), repeated(piece), 8_192),
);
