import { z } from 'zod';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';

/**
 * Which repositories we may talk to: `https://HOST/OWNER/NAME` on a host that the installation lists (`GIT_HOSTS`), and nothing that git could take for
 * an option, another protocol, a credential or another host. The address that git gets is made here of parts that passed, so that git and we cannot read it
 * differently.
 */
export interface Remote {
  /** With its port where it has one. */
  host: string;
  owner: string;
  name: string;
  /** For git. */
  url: string;
}

export const OWNER = '[A-Za-z0-9][A-Za-z0-9-]{0,38}';
export const REPOSITORY = '[A-Za-z0-9_][A-Za-z0-9._-]{0,99}';
const SHORT = new RegExp(`^(${OWNER})/(${REPOSITORY})$`);
/** Plain ASCII: a look-alike letter, a user before `@`, an escape and a query do not fit. */
const LONG = new RegExp(`^https://([a-z0-9.-]+(?::[0-9]{1,5})?)/(${OWNER})/(${REPOSITORY}?)(?:\\.git)?/?$`);

/** The hosts of this installation; the first is the one of `owner/name`. */
export function gitHosts(): string[] {
  return environment.GIT_HOSTS;
}

/**
 * A repository by `owner/name`, or by its https address.
 * @throws Problem 422 for any other text, and for a host that is not listed
 */
export function parseRemote(text: string): Remote {
  const hosts = gitHosts();
  const short = SHORT.exec(text);
  if (short) return remoteOf(hosts[0] ?? '', short[1] ?? '', short[2] ?? '');
  const [, host = '', owner = '', name = ''] = LONG.exec(text) ?? [];
  if (host === '')
    throw new Problem('invalid-request', 'A repository is owner/name, or https://host/owner/name and nothing else.');
  if (!hosts.includes(host))
    throw new Problem('invalid-request', `This installation talks to repositories at ${hosts.join(', ')} only.`);
  return remoteOf(host, owner, name);
}

function remoteOf(host: string, owner: string, fullName: string): Remote {
  const name = fullName.replace(/\.git$/, '');
  return { host, owner, name, url: `https://${host}/${owner}/${name}.git` };
}

/** GitHub's REST interface: github.com has a host of its own for it, GitHub Enterprise a path. */
export function apiUrlOf(host: string): string {
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}

/** A branch: no option, no revision syntax, nothing that git-check-ref-format(1) refuses. */
export const BranchName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/, 'must be letters, digits, dots, dashes, underscores and slashes')
  .refine(
    (name) =>
      !name.includes('..') &&
      !name.endsWith('/') &&
      name !== 'HEAD' &&
      name
        .split('/')
        .every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.') && !part.endsWith('.lock')),
    'is no name that git takes for a branch',
  );
