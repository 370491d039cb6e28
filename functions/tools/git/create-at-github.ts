import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callGitHub, type GitHubAnswer, GitHubSilent } from '../../platform/git/github.ts';
import { apiUrlOf, gitHosts } from '../../platform/git/remote.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';

/**
 * Creates a private repository at GitHub. Creation is not idempotent, so the repository's description ends with a mark
 * of the call. After a crash the mark shows whether this call created the repository.
 */
export interface WantedRepository {
  name: string;
  /** The owner of the repository. Undefined means the user of the token. */
  organization: string | undefined;
  description: string;
  callKey: string;
  credential: SecretText;
  signal: AbortSignal;
}

export type CreateResult =
  | { status: 'created'; repository: string }
  /** No repository has this name, so the call has created none. */
  | { status: 'absent' }
  /** A repository with this name exists, and another call or user created it. */
  | { status: 'taken'; repository: string }
  | { status: 'refused'; said: string; kind: 'unauthorized' | 'not-found' | 'invalid' }
  /** GitHub did not answer, so it is unknown whether the repository was created. */
  | { status: 'unknown' };

const User = z.object({ login: z.string() });
const Repository = z.object({ description: z.string().nullable() });
export function markOf(callKey: string): string {
  return `[ApexFlow ${createHash('sha256').update(callKey).digest('hex').slice(0, 16)}]`;
}

export async function createAtGitHub(wanted: WantedRepository): Promise<CreateResult> {
  const owner = await ownerOf(wanted);
  if (typeof owner !== 'string') return owner;
  const { name, organization, description, callKey } = wanted;
  const path = organization === undefined ? '/user/repos' : `/orgs/${organization}/repos`;
  const answer = await call(wanted, 'POST', path, {
    name,
    description: `${description} ${markOf(callKey)}`.trim(),
    private: true,
    auto_init: false,
  });
  if (answer?.status === 201) return { status: 'created', repository: `${owner}/${name}` };
  // There is no answer, or the name is taken. Perhaps this call created the repository and its first answer was
  // lost.
  if (answer === undefined || answer.status === 422 || answer.status >= 500) {
    const found = await lookAtGitHub(wanted);
    if (found.status !== 'absent') return found;
    return answer?.status === 422 ? { status: 'refused', kind: 'invalid', said: answer.said } : { status: 'unknown' };
  }
  return refusalOf(answer);
}

/** Tells whether the repository of this call exists. */
export async function lookAtGitHub(wanted: WantedRepository): Promise<CreateResult> {
  const owner = await ownerOf(wanted);
  if (typeof owner !== 'string') return owner;
  const repository = `${owner}/${wanted.name}`;
  const answer = await call(wanted, 'GET', `/repos/${repository}`);
  if (answer === undefined || answer.status >= 500) return { status: 'unknown' };
  if (answer.status === 404) return { status: 'absent' };
  if (answer.status !== 200) return refusalOf(answer);
  const isOurs = Repository.safeParse(answer.body).data?.description?.endsWith(markOf(wanted.callKey)) ?? false;
  return { status: isOurs ? 'created' : 'taken', repository };
}

async function ownerOf(wanted: WantedRepository): Promise<string | CreateResult> {
  if (wanted.organization !== undefined) return wanted.organization;
  const answer = await call(wanted, 'GET', '/user');
  if (answer === undefined || answer.status >= 500) return { status: 'unknown' };
  const login = User.safeParse(answer.body).data?.login;
  // The login becomes part of a URL, so it must have the form of a GitHub login.
  if (answer.status !== 200 || login === undefined || !/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(login))
    return refusalOf(answer);
  return login;
}

function refusalOf({ status, said }: GitHubAnswer): CreateResult {
  if (status === 401 || status === 403) return { status: 'refused', kind: 'unauthorized', said };
  return { status: 'refused', kind: status === 404 ? 'not-found' : 'invalid', said };
}

async function call(
  { credential, signal }: WantedRepository,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<GitHubAnswer | undefined> {
  try {
    return await callGitHub(apiUrlOf(gitHosts()[0] ?? ''), {
      method,
      path,
      credential,
      signal,
      ...(body ? { body } : {}),
    });
  } catch (error) {
    if (error instanceof GitHubSilent) return undefined;
    throw error;
  }
}
