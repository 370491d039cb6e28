import { openSecret } from '../../identity/open-secret.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { type CompletedOutcome, failure, type ToolContext, type ToolOutcome } from '../../tools/tool.ts';

/** A secret of the tenant for a tool, and what the tool answers without it. Each opening goes on record with the run and the tool's name. */
export async function openToken(
  context: ToolContext,
  name: 'github_token' | 'deploy_token',
  purpose: string,
): Promise<SecretText | CompletedOutcome> {
  const secret = await openSecret(context.database, {
    name,
    purpose,
    userId: context.userId,
    runId: context.runId,
  });
  // It becomes a line of a header, and of what git is told; a key is JSON and is read as such.
  if (secret !== undefined && name === 'github_token' && !/^[\x21-\x7e]+$/.test(secret.reveal()))
    return failure(
      'The secret github_token is no token: it holds spaces or other letters. An admin must put it again.',
    );
  if (secret !== undefined) return secret;
  return failure(
    `Your tenant has no secret ${name}, so nothing was done. An admin stores one with PUT /api/v1/tenant/secrets/${name}. Go on without, and say in your report that it is missing.`,
  );
}

const WAIT_MS = 20_000;
const LONGEST_WAIT_MS = 60 * 60 * 1000;

/** Does the work of a call. While the key service does not answer, the call waits for it and is made again; nothing is ever done without the key. */
export async function waitForKeys(
  { waitingSince, approved }: ToolContext,
  work: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyServiceUnavailable)) throw error;
    // A call that was allowed may have waited for that for days; the wait for the keys began after it.
    const since = approved?.at ?? waitingSince;
    const waited = since === undefined ? 0 : Date.now() - Date.parse(since);
    if (waited > LONGEST_WAIT_MS) return failure(NO_KEYS);
    return { status: 'waiting', wakeAt: new Date(Date.now() + WAIT_MS) };
  }
}

/** The same for the preparation of an approval, which cannot wait: the model calls again. */
export async function orNoKeys<Answer>(work: () => Promise<Answer>): Promise<Answer | CompletedOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyServiceUnavailable) return failure(NO_KEYS);
    throw error;
  }
}

const NO_KEYS =
  'The secrets of your tenant cannot be opened now, so nothing was done. Go on with other work and try again later.';
