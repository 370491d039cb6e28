import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { z } from 'zod';
import { cutText } from '../cut-text.ts';
import { environment } from '../environment.ts';
import { escapeControls } from '../escape-controls.ts';
import { jsonText } from '../models/parse-json.ts';
import { SecretText } from '../secrets/secret-text.ts';

/**
 * A token of a caller. Allows only what git and GitHub accept: visible ASCII on one line, so that a token cannot add a
 * line to what git reads.
 */
export const GitHubToken = z
  .string()
  .trim()
  .min(8)
  .max(512)
  .refine((token) => /^[\x21-\x7e]+$/.test(token), 'must contain only visible ASCII characters and no spaces')
  .transform((token) => new SecretText(token))
  .meta({ description: 'A token of GitHub; it is never shown', writeOnly: true });

/**
 * An answer of GitHub's REST API, with any status. Requests go only to the configured hosts and follow no redirects.
 * They use node:https, because fetch cannot take the certificate authority of an Enterprise server.
 */
export interface GitHubAnswer {
  status: number;
  body: unknown;
  /** GitHub's error message, without the token. It is text of a stranger. */
  said: string;
}

/** Thrown when GitHub did not answer or closed the connection. It is unknown whether the request took effect. */
export class GitHubSilent extends Error {
  constructor(cause: unknown) {
    super('GitHub did not answer', { cause });
    this.name = 'GitHubSilent';
  }
}

interface GitHubCall {
  method: 'GET' | 'POST';
  /** The path of the URL. The caller has checked or encoded every part of it. */
  path: string;
  body?: object;
  credential: SecretText;
  signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 1024 * 1024;
const Failed = z.object({
  message: z.string(),
  errors: z.array(z.object({ message: z.string().optional(), code: z.string().optional() })).optional(),
});

/** @throws GitHubSilent */
export async function callGitHub(apiUrl: string, call: GitHubCall): Promise<GitHubAnswer> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const { status, text } = await send(apiUrl, call, signal).catch((error: unknown) => {
    call.signal.throwIfAborted();
    throw new GitHubSilent(error);
  });
  const body = jsonText(z.unknown()).safeParse(text).data;
  const failed = Failed.safeParse(body).data;
  const details = failed?.errors?.map(({ message, code }) => message ?? code ?? '') ?? [];
  const said = [failed?.message ?? '', ...details].filter((part) => part !== '').join('; ');
  return { status, body, said: cutText(escapeControls(call.credential.redactFrom(said)), 1_000) };
}

function send(
  apiUrl: string,
  { method, path, body, credential }: GitHubCall,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${apiUrl}${path}`, {
      method,
      signal,
      agent: false,
      ...(environment.GIT_CA_FILE ? { ca: readFileSync(environment.GIT_CA_FILE) } : {}),
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'ApexFlow',
        authorization: `Bearer ${credential.reveal()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_BYTES) sent.destroy(new Error(`GitHub answered with more than ${MAX_BYTES} bytes`));
        chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
