import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/**
 * Decides which addresses this product may connect to when a model, a page or a user chose the host: only public
 * addresses.
 *
 * A name is resolved once, every address of the answer is checked, and the connection goes to a checked address, never
 * to the name. So a name that resolves to another address a moment later (DNS rebinding) gains nothing. An answer with
 * public and private addresses is rejected as a whole.
 */

/** The IANA IPv4 Special-Purpose Address Registry, and public addresses that clouds use for internal services. */
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
  // Azure: the platform's virtual address, which virtual machines use to reach their host.
  ['168.63.129.16', 32],
  // Google: private.googleapis.com and restricted.googleapis.com, which only its own networks reach.
  ['199.36.153.0', 24],
];

/** Global unicast. Everything else is local, IPv4-mapped, NAT64 or unassigned. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

const REFUSED_IPV6: readonly [string, number][] = [
  // IETF protocol assignments, among them Teredo, which embeds an IPv4 address.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: the embedded IPv4 address may be private.
  ['2002::', 16],
  ['3fff::', 20],
];

const refused = new BlockList();
for (const [network, prefix] of REFUSED_IPV4) refused.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of REFUSED_IPV6) refused.addSubnet(network, prefix, 'ipv6');

/**
 * @param address as the resolver or `node:net` writes it. Anything that is not an address or has a zone
 * (`fe80::1%eth0`) is not public.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !refused.check(address, 'ipv4');
  return (
    family === 6 && !address.includes('%') && GLOBAL_IPV6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
  );
}

export type FoundAddresses =
  /** All addresses are public. Connect to one of them, never to the name. */
  | { status: 'found'; addresses: LookupAddress[] }
  | { status: 'refused'; reason: 'no such host' | 'not a public address' };

/** How names are resolved and addresses are checked. Tests replace it, because their only network is the loopback. */
export interface AddressPolicy {
  resolve(host: string): Promise<LookupAddress[]>;
  isAllowed(address: string): boolean;
}

export const PUBLIC_ADDRESSES: AddressPolicy = {
  resolve: (host) => lookup(host, { all: true }),
  isAllowed: isPublicAddress,
};

/**
 * Resolves a host name or an address and checks every result. The system's resolver has its own time limit; a caller
 * that waits must set a shorter one.
 */
export async function findAddresses(host: string, policy: AddressPolicy = PUBLIC_ADDRESSES): Promise<FoundAddresses> {
  const addresses = await policy.resolve(host).catch((): LookupAddress[] => []);
  if (addresses.length === 0) return { status: 'refused', reason: 'no such host' };
  const areAllowed = addresses.every(({ address }) => policy.isAllowed(address));
  return areAllowed ? { status: 'found', addresses } : { status: 'refused', reason: 'not a public address' };
}
