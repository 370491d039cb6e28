import { z } from 'zod';

/**
 * Which hosts a run's commands and web tools may reach: names, and nothing else. An entry is a host name (`registry.npmjs.org`) or a wildcard for all names
 * below one (`*.example.org`, which is not `example.org` itself). No address, because an address says nothing about who answers there; no port,
 * because only 443 and 80 are ever open; no name that means this machine or a cloud's inside.
 */

const MOST_HOSTS = 20;

/** RFC 1035 with at least two labels. International names come in their ASCII form, so that none only looks like another. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LONGEST_NAME = 253;

/** Last labels that never belong to the public internet. `internal` is where metadata servers are. */
const INNER = new Set([
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

/** @returns why an entry cannot be allowed, or undefined when it can. */
export function describeHostFault(entry: string): string | undefined {
  const name = entry.startsWith('*.') ? entry.slice(2) : entry;
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label)))
    return 'must be a host name, such as registry.npmjs.org or *.example.org, without scheme, port and path';
  if (labels.length < 2) return 'must be a full host name, with a dot in it';
  // Every spelling of an IPv4 address ends in a number, and no top-level domain does.
  if (/^\d|^0x/.test(last)) return 'must be a name, not an address';
  if (INNER.has(last)) return `must be a public name, and no name in .${last} is`;
  return undefined;
}

const AllowedHost = z
  .string()
  .max(LONGEST_NAME + 2)
  .toLowerCase()
  .superRefine((entry, context) => {
    const fault = describeHostFault(entry);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

/** For request bodies and settings; empty means that the network is closed. */
export const AllowedHosts = z
  .array(AllowedHost)
  .max(MOST_HOSTS)
  .refine((hosts) => new Set(hosts).size === hosts.length, 'must not name a host twice')
  .meta({
    description:
      'Hosts that commands and web tools may reach, on ports 443 and 80: names, or *.example.org for all names below one; none if empty',
  });

/** @param host as a client wrote it; upper case is the same host, a trailing dot or anything that is no name matches nothing. */
export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase();
  if (describeHostFault(name) !== undefined || name.startsWith('*')) return false;
  return allowed.some((entry) =>
    entry.startsWith('*.') ? name.endsWith(entry.slice(1)) && name.length > entry.length - 1 : name === entry,
  );
}
