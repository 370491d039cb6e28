import { expect, test } from 'vitest';
import { checkRedirect, checkUrl, requestTextOf } from '../../../functions/tools/web/web-url.ts';

const stateOf = (text: string) => {
  const checked = checkUrl(text);
  return checked.status === 'allowed' ? checked.url.href : checked.reason;
};

test.each([
  ['https://example.com', 'https://example.com/'],
  ['http://example.com:80/a?b#c', 'http://example.com/a?b#c'],
  ['https://example.com:443/', 'https://example.com/'],
  ['http://example.com:443/', 'http://example.com:443/'],
  ['HTTPS://EXAMPLE.COM./x', 'https://example.com/x'],
  // A name in another script becomes punycode, so that it does not look like another name.
  ['https://exаmple.com/', 'https://xn--exmple-4nf.com/'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ['https://example.com/<a>"b"', 'https://example.com/%3Ca%3E%22b%22'],
])('requests %s as %s', (text, href) => expect(stateOf(text)).toBe(href));

test.each([
  ['ftp://example.com/', 'is not a URL'],
  ['javascript:alert(1)', 'is not a URL'],
  ['data:text/html,x', 'is not a URL'],
  ['file:///etc/passwd', 'is not a URL'],
  ['example.com', 'is not a URL'],
  ['', 'is not a URL'],
  ['https://', 'is not a URL'],
  ['https://user:pass@example.com/', 'contains a user name'],
  ['https://github.com@evil.example/', 'contains a user name'],
  ['https://:pass@example.com/', 'contains a user name'],
  ['https://example.com:8443/', 'another port'],
  ['http://example.com:22/', 'another port'],
  ['http://localhost/', 'names no public host'],
  ['http://localhost./', 'names no public host'],
  ['http://metadata/', 'names no public host'],
  ['https://exa\tmple.com/', 'blanks'],
  ['https://example.com/a b', 'blanks'],
  ['https://example.com/a\u00a0b', 'blanks'],
  [' https://example.com/', 'blanks'],
])('refuses %s', (text, reason) => expect(stateOf(text)).toContain(reason));

test('refuses a URL that is too long', () =>
  expect(stateOf(`https://example.com/${'x'.repeat(2_000)}`)).toContain('too long'));

test('allows a redirect to https and refuses one from https to http', () => {
  const [http, https] = [new URL('http://example.com/a/b'), new URL('https://example.com/a/b')];
  expect(checkRedirect(http, 'https://example.com/')).toMatchObject({ status: 'allowed' });
  expect(checkRedirect(http, '../c')).toMatchObject({ status: 'allowed', url: new URL('http://example.com/c') });
  expect(checkRedirect(https, '//other.example/c')).toMatchObject({
    status: 'allowed',
    url: new URL('https://other.example/c'),
  });
  expect(checkRedirect(https, 'http://example.com/')).toEqual({
    status: 'refused',
    reason: 'leads from https to http',
  });
});

test('ignores the fragment when requests are compared', () => {
  expect(requestTextOf(new URL('https://example.com/a#b'))).toBe('https://example.com/a');
});
