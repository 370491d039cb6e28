import { z } from 'zod';

/**
 * The hosts that a run's commands and web tools may reach. An entry is a host name (`registry.npmjs.org`) or a wildcard
 * for all names below a name (`*.example.org`, which does not include `example.org`). Refused are IP addresses, because
 * an address does not identify a server; ports, because only 443 and 80 are ever open; and names that mean this machine
 * or a cloud's internal network.
 */

const MAX_HOSTS = 20;

/** RFC 1035 with at least two labels. International names must be punycode, so that no name only looks like another. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_NAME_LENGTH = 253;

/** Last labels that are never on the public internet. Metadata servers have names in `internal`. */
const INTERNAL = new Set([
  'internal',
  'local',
  'localhost',
  'localdomain',
  'lan',
  'home',
  'corp',
  'intranet',
  'arpa',
  'onion',
  'invalid',
  'test',
]);

/** Returns why an entry cannot be allowed, or undefined when it can. */
function describeHostFault(entry: string): string | undefined {
  const name = entry.startsWith('*.') ? entry.slice(2) : entry;
  // A long text is not split: it would become as many labels.
  const labels = name.length > MAX_NAME_LENGTH ? [] : name.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length === 0 || !labels.every((label) => LABEL.test(label)))
    return 'must be a host name, such as registry.npmjs.org or *.example.org, without scheme, port and path';
  if (labels.length < 2) return 'must be a full host name, with a dot in it';
  // Every spelling of an IPv4 address ends in a number, and no top-level domain does.
  if (/^\d|^0x/.test(last)) return 'must be a name, not an address';
  if (INTERNAL.has(last)) return `must be a public name; names in .${last} are not public`;
  return undefined;
}

const AllowedHost = z
  .string()
  .max(MAX_NAME_LENGTH + 2)
  .toLowerCase()
  .superRefine((entry, context) => {
    const fault = describeHostFault(entry);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

/** The schema for request bodies and settings. An empty list means that the network is closed. */
export const AllowedHosts = z
  .array(AllowedHost)
  .max(MAX_HOSTS)
  .refine((hosts) => new Set(hosts).size === hosts.length, 'must not name a host twice')
  .meta({
    description:
      'Hosts that commands and web tools may reach on ports 443 and 80. An entry is a host name, or *.example.org for all names below example.org. An empty list closes the network.',
  });

/**
 * Tells whether an entry of a run's policy is still within the tenant's: the same entry, or a host that the tenant's
 * entries open. It is asked at each use, because the tenant's list can have changed since the run was started.
 */
export function isEntryAllowed(entry: string, allowed: readonly string[]): boolean {
  return allowed.includes(entry) || isHostAllowed(entry, allowed);
}

/**
 * Tells whether a policy opens a host.
 * @param host as a client wrote it. Case does not matter. A trailing dot, or text that is not a host name, matches
 * nothing.
 */
export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase();
  if (describeHostFault(name) !== undefined || name.startsWith('*')) return false;
  return allowed.some((entry) =>
    entry.startsWith('*.') ? name.endsWith(entry.slice(1)) && name.length > entry.length - 1 : name === entry,
  );
}
