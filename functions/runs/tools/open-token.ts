import { openSecret } from '../../identity/open-secret.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import type { SecretText } from '../../platform/secrets/secret-text.ts';
import { type CompletedOutcome, failure, type ToolContext, type ToolOutcome } from '../../tools/tool.ts';

/**
 * Returns a secret of the tenant, or the failure that the tool returns without it. Each use is audited with the run and
 * the tool's name.
 */
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
  // A GitHub token becomes part of an HTTP header and of git's input. A deploy token is JSON and is parsed as such.
  if (secret !== undefined && name === 'github_token' && !/^[\x21-\x7e]+$/.test(secret.reveal()))
    return failure(
      'The secret github_token is not a token: it contains spaces or other invalid characters. An admin must store it again.',
    );
  if (secret !== undefined) return secret;
  return failure(
    `Your tenant has no secret ${name}, so nothing was done. An admin stores one with PUT /api/v1/tenant/secrets/${name}. Continue without it, and say in your report that it is missing.`,
  );
}

const WAIT_MS = 20_000;
const LONGEST_WAIT_MS = 60 * 60 * 1000;

/**
 * Runs a call's work. While the key service is unavailable, the call waits and is repeated, for at most an hour.
 * Nothing is done without the key.
 */
export async function waitForKeys(
  { waitingSince, approved }: ToolContext,
  work: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyServiceUnavailable)) throw error;
    // A call that needed approval may have waited for it for days; the wait for the key service started after it.
    const since = approved?.at ?? waitingSince;
    const waited = since === undefined ? 0 : Date.now() - Date.parse(since);
    if (waited > LONGEST_WAIT_MS) return failure(NO_KEYS);
    return { status: 'waiting', wakeAt: new Date(Date.now() + WAIT_MS) };
  }
}

/** Does the same for the preparation of an approval. It cannot wait, so it fails and the model may call again. */
export async function orNoKeys<Answer>(work: () => Promise<Answer>): Promise<Answer | CompletedOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyServiceUnavailable) return failure(NO_KEYS);
    throw error;
  }
}

const NO_KEYS =
  'The secrets of your tenant cannot be opened now, so nothing was done. Continue with other work and try again later.';
