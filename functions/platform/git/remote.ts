import { z } from 'zod';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';

/**
 * A repository that this product may access: `https://HOST/OWNER/NAME` on a host in `GIT_HOSTS`. Anything that git
 * could read as an option, another protocol, a credential or another host is rejected. The URL for git is built from
 * the checked parts, so git cannot interpret it differently.
 */
export interface Remote {
  /** The host, with its port if it has one. */
  host: string;
  owner: string;
  name: string;
  /** The URL for git. */
  url: string;
}

export const OWNER = '[A-Za-z0-9][A-Za-z0-9-]{0,38}';
export const REPOSITORY = '[A-Za-z0-9_][A-Za-z0-9._-]{0,99}';
const SHORT = new RegExp(`^(${OWNER})/(${REPOSITORY})$`);
/** Only ASCII: look-alike letters, a user before `@`, escapes and queries do not match. */
const LONG = new RegExp(`^https://([a-z0-9.-]+(?::[0-9]{1,5})?)/(${OWNER})/(${REPOSITORY}?)(?:\\.git)?/?$`);

/** Returns the git hosts of this installation. The first is the host of the short form `owner/name`. */
export function gitHosts(): string[] {
  return environment.GIT_HOSTS;
}

/**
 * Parses `owner/name` or an https URL.
 * @throws Problem 422 for any other text, and for a host that is not listed
 */
export function parseRemote(text: string): Remote {
  const hosts = gitHosts();
  const short = SHORT.exec(text);
  if (short) return remoteOf(hosts[0] ?? '', short[1] ?? '', short[2] ?? '');
  const [, host = '', owner = '', name = ''] = LONG.exec(text) ?? [];
  if (host === '')
    throw new Problem('invalid-request', 'Name the repository as owner/name or https://host/owner/name.');
  if (!hosts.includes(host))
    throw new Problem('invalid-request', `This installation accepts only repositories at ${hosts.join(', ')}.`);
  return remoteOf(host, owner, name);
}

function remoteOf(host: string, owner: string, fullName: string): Remote {
  const name = fullName.replace(/\.git$/, '');
  return { host, owner, name, url: `https://${host}/${owner}/${name}.git` };
}

/** Returns the URL of GitHub's REST API. github.com has a separate host for it, GitHub Enterprise a path. */
export function apiUrlOf(host: string): string {
  return host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}

/**
 * Names that git reads as another reference than the branch `refs/heads/<name>`, or that GitHub refuses: full
 * references, the references that git itself writes (`HEAD`, `FETCH_HEAD`), and ids of commits.
 */
const OTHER_REFERENCE = /^(?:refs(?:\/.*)?|@|(?:[a-z_]+_)?head|auto_merge|stash|[0-9a-f]{40}|[0-9a-f]{64})$/i;

/** A branch name that is not an option, not revision syntax, and valid for git-check-ref-format(1). */
export const BranchName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/, 'must be letters, digits, dots, dashes, underscores and slashes')
  .refine(
    (name) =>
      !name.includes('..') &&
      !name.endsWith('/') &&
      name
        .split('/')
        .every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.') && !part.endsWith('.lock')),
    'is not a branch name that git accepts',
  )
  .refine((name) => !OTHER_REFERENCE.test(name), 'is the name of another reference, such as refs/heads/main or HEAD');
