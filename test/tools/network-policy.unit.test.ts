import { describe, expect, it } from 'vitest';
import { AllowedHosts, isHostAllowed } from '../../functions/tools/network-policy.ts';
import { expectLinear, repeated } from '../support/growth.ts';

describe('AllowedHosts', () => {
  it('accepts names and wildcards and converts them to lower case', () => {
    expect(AllowedHosts.parse(['Registry.NPMJS.org', '*.example.org', 'xn--bcher-kva.example', 'a-b.c1.co'])).toEqual([
      'registry.npmjs.org',
      '*.example.org',
      'xn--bcher-kva.example',
      'a-b.c1.co',
    ]);
    expect(AllowedHosts.parse([])).toEqual([]);
  });

  it.each([
    ...['127.0.0.1', '169.254.169.254', '[::1]', '::1', '0x7f.1', '1.2', '2130706433', 'example.0x7f'],
    ...['localhost', 'metadata', 'metadata.google.internal', 'printer.local', 'a.localhost', '1.0.0.127.in-addr.arpa'],
    ...['https://example.org', 'example.org:443', 'example.org/', 'user@example.org', 'example.org.', '.example.org'],
    ...[
      '*',
      '*.',
      '*.org',
      'a.*.org',
      '*.*.org',
      'www*.example.org',
      '**.example.org',
      '*.127.0.0.1',
      '*.google.internal',
    ],
    ...[
      '',
      ' ',
      'exa mple.org',
      'example.org\n',
      'bücher.example',
      'еxample.org',
      '-a.example.org',
      'a-.example.org',
      'a..org',
    ],
    ...['a_b.example.org', `${'a'.repeat(64)}.org`, `${'a.'.repeat(127)}org`],
  ])('rejects %j', (entry) => {
    expect(AllowedHosts.safeParse([entry]).success).toBe(false);
  });

  it('rejects more than 20 hosts and duplicates', () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `host${index}.example.org`);
    expect(AllowedHosts.safeParse(hosts).success).toBe(true);
    expect(AllowedHosts.safeParse([...hosts, 'one-more.example.org']).success).toBe(false);
    expect(AllowedHosts.safeParse(['a.example.org', 'A.example.org']).success).toBe(false);
  });

  it.each(['a-', '*.', 'a.'])('rejects a long text that repeats %j in linear time', async (piece) => {
    const make = repeated(piece);
    expect(AllowedHosts.safeParse([make(100_000)]).success).toBe(false);
    await expectLinear((text) => AllowedHosts.safeParse([text]), make, 12_500);
  });
});

describe('isHostAllowed', () => {
  const allowed = ['example.org', '*.wild.example.org'];
  it.each(['example.org', 'EXAMPLE.org', 'a.wild.example.org', 'a.b.wild.example.org'])('%s', (host) => {
    expect(isHostAllowed(host, allowed)).toBe(true);
  });

  it.each([
    ...['www.example.org', 'wild.example.org', '.wild.example.org', 'xwild.example.org', 'a.wild.example.org.evil.com'],
    ...['example.org.', 'example.org.evil.com', 'evil-example.org', 'example.org\0.evil.com', 'example.org:443', ''],
    ...['*.wild.example.org', '..wild.example.org', '-.wild.example.org', '127.0.0.1'],
  ])('not %j', (host) => {
    expect(isHostAllowed(host, allowed)).toBe(false);
  });

  it('allows nothing when the list is empty', () => expect(isHostAllowed('example.org', [])).toBe(false));
});
