import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  ASSETS_CACHE,
  CLOUD_HEADERS,
  CONSOLE_HEADERS,
  cacheControlOf,
  headersWithBucket,
  PAGE_CACHE,
} from '../../web/headers.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../../infra', file), 'utf8');
const generated = JSON.parse(read('console-headers.generated.json'));

test('the policy allows only what the console needs, and no string to become HTML', () => {
  expect(CONSOLE_HEADERS['Content-Security-Policy']?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
});

test('the load balancer sends the headers of the local gateway, and HSTS', () => {
  const sent = generated.custom_response_headers.map((line: string) => line.split(/: (.*)/s).slice(0, 2));
  expect(Object.fromEntries(sent)).toEqual({ ...CONSOLE_HEADERS, ...CLOUD_HEADERS });
  expect(Object.keys(CLOUD_HEADERS)).toEqual(['Strict-Transport-Security']);
  expect(read('console.tf')).toContain('for line in local.console.custom_response_headers');
  expect(read('console.tf')).toContain('custom_response_headers = local.console_headers');
});

test('a console whose uploads go to a bucket may connect to this bucket, and Terraform says the same', () => {
  const own = "connect-src 'self'";
  const policyOf = (bucket?: string) => headersWithBucket(bucket)['Content-Security-Policy'];
  expect(policyOf()).toBe(CONSOLE_HEADERS['Content-Security-Policy']);
  expect(policyOf('files')).toBe(policyOf()?.replace(own, `${own} https://files.storage.googleapis.com`));
  const [, from, to] = /replace\(line, "([^"]*)", "([^"]*)"\)/.exec(read('console.tf')) ?? [];
  expect([from, to]).toEqual([own, `${own} https://\${google_storage_bucket.objects.name}.storage.googleapis.com`]);
});

test('assets are kept for a year, the page is asked for each time', () => {
  expect(cacheControlOf('/assets/index-1.js')).toBe('public, max-age=31536000, immutable');
  expect(cacheControlOf('/index.html')).toBe('no-cache');
  expect([generated.assets_cache_control, generated.page_cache_control]).toEqual([ASSETS_CACHE, PAGE_CACHE]);
});
