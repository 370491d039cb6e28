import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/**
 * Which addresses code of ours may connect to when a model, a page or a user named the host: public ones only.
 *
 * A name is resolved once, every address of the answer is judged, and the connection goes to a judged address and not to the name, so a name that
 * means something else a moment later (DNS rebinding) gains nothing. An answer that mixes public and private addresses is refused as a whole.
 */

/** IANA's special-purpose registry, plus what clouds put in public space for their machines alone. */
const REFUSED_IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Azure's machines ask their host here.
  ['168.63.129.16', 32],
  // Google's APIs as its networks alone see them, private and restricted.
  ['199.36.153.0', 24],
];

/** Everything outside is local, mapped, translated (NAT64) or not given out. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

const REFUSED_IPV6: readonly [string, number][] = [
  // IETF's own assignments; Teredo, which carries an IPv4 address, is among them.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: the IPv4 address in it may be a private one.
  ['2002::', 16],
  ['3fff::', 20],
];

const refused = new BlockList();
for (const [network, prefix] of REFUSED_IPV4) refused.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of REFUSED_IPV6) refused.addSubnet(network, prefix, 'ipv6');

/** @param address as the resolver or `node:net` writes it; what is no address, or names an interface (`fe80::1%eth0`), is not public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  return (
    family === 6 && !address.includes('%') && GLOBAL_IPV6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
  );
}

export type FoundAddresses =
  /** All of them are public; connect to one of these and never to the name. */
  | { status: 'found'; addresses: LookupAddress[] }
  | { status: 'refused'; reason: 'no such host' | 'not a public address' };

/** The two halves as values, for tests, whose only network is the loopback. */
export interface AddressPolicy {
  resolve(host: string): Promise<LookupAddress[]>;
  isAllowed(address: string): boolean;
}

export const PUBLIC_ADDRESSES: AddressPolicy = {
  resolve: (host) => lookup(host, { all: true }),
  isAllowed: isPublicAddress,
};

/** Resolves a host name, or takes an address as it is. The system's resolver sets the time limit; cap it where a caller waits. */
export async function findAddresses(host: string, policy: AddressPolicy = PUBLIC_ADDRESSES): Promise<FoundAddresses> {
  const addresses = await policy.resolve(host).catch((): LookupAddress[] => []);
  if (addresses.length === 0) return { status: 'refused', reason: 'no such host' };
  const areAllowed = addresses.every(({ address }) => policy.isAllowed(address));
  return areAllowed ? { status: 'found', addresses } : { status: 'refused', reason: 'not a public address' };
}
