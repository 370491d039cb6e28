import { describe, expect, it } from 'vitest';
import { findAddresses, isPublicAddress } from '../../../functions/platform/http/public-address.ts';

describe('isPublicAddress', () => {
  it.each([
    ...[
      '8.8.8.8',
      '1.1.1.1',
      '172.15.255.255',
      '172.32.0.1',
      '100.63.255.255',
      '100.128.0.1',
      '169.253.0.1',
      '192.0.1.1',
    ],
    ...['2606:4700:4700::1111', '2a00:1450:4001:80f::200e', '2001:4860:4860::8888', '223.255.255.255'],
  ])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ...[
      '127.0.0.1',
      '127.255.255.254',
      '0.0.0.0',
      '0.1.2.3',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
    ],
    ...[
      '169.254.169.254',
      '169.254.0.1',
      '100.64.0.1',
      '100.100.100.200',
      '192.0.0.192',
      '198.18.0.1',
      '198.19.255.255',
    ],
    ...[
      '192.0.2.1',
      '198.51.100.7',
      '203.0.113.9',
      '192.88.99.1',
      '224.0.0.1',
      '239.1.1.1',
      '240.0.0.1',
      '255.255.255.255',
    ],
    ...['168.63.129.16', '199.36.153.8'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::ffff:0:127.0.0.1'],
    ...['fe80::1', 'fe80::1%eth0', '2606:4700::1%lo', 'fc00::1', 'fd00:ec2::254', 'fd20:ce::254', 'fec0::1', 'ff02::1'],
    ...['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2001:20::1'],
    ...['2002:7f00:1::', '2002:a9fe:a9fe::1', '3fff::1', '5f00::1', '4000::1'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '017700000001',
    '[::1]',
    ' 8.8.8.8',
    '8.8.8.8:80',
    '8.8.8.8\n',
  ])('%j is no address', (text) => expect(isPublicAddress(text)).toBe(false));
});

describe('findAddresses', () => {
  const answering = (...addresses: string[]) => ({
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    isAllowed: isPublicAddress,
  });

  it('returns the checked addresses, so that the name is not resolved again', async () => {
    expect(await findAddresses('example.org', answering('93.184.215.14', '2606:2800::1'))).toEqual({
      status: 'found',
      addresses: [
        { address: '93.184.215.14', family: 4 },
        { address: '2606:2800::1', family: 6 },
      ],
    });
  });

  it('rejects an answer with one private address', async () => {
    const mixed = answering('93.184.215.14', '169.254.169.254');
    expect(await findAddresses('example.org', mixed)).toEqual({ status: 'refused', reason: 'not a public address' });
  });

  it.each(['127.0.0.1', '0x7f000001', '2130706433', '127.1', '::1', 'localhost', '169.254.169.254', '0'])(
    'rejects %s, in whatever form the system resolves it',
    async (host) => expect((await findAddresses(host)).status).toBe('refused'),
  );

  it('reports an unknown host', async () => {
    const failing = { ...answering(), resolve: () => Promise.reject(new Error('ENOTFOUND')) };
    expect(await findAddresses('nothing.invalid', failing)).toEqual({ status: 'refused', reason: 'no such host' });
    expect(await findAddresses('nothing.invalid', answering())).toEqual({ status: 'refused', reason: 'no such host' });
  });
});
