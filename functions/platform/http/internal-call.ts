import { z } from 'zod';
import { environment } from '../environment.ts';
import { localGatewayUrl } from '../process/own-url.ts';
import { functionUrl } from '../queue/cloud-tasks.ts';
import { invokerToken } from '../sign-in/oidc.ts';
import { parseJson } from './body.ts';

/**
 * Calls an internal function as this process's service account and parses the reply. Bytes are sent as they are, any
 * other body as JSON. An abort closes the connection, which tells the function to stop.
 * @throws Error when the function is unreachable or does not answer 200.
 */
export async function callInternal<Reply extends z.ZodType>(
  name: string,
  path: string,
  body: unknown,
  reply: Reply,
  signal: AbortSignal,
): Promise<z.output<Reply>> {
  const url = baseUrlOf(name);
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'application/octet-stream' : 'application/json';
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${await tokenFor(name, url)}` },
    body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
    redirect: 'error',
    signal,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`The function ${name} answered ${response.status}`);
  return reply.parse(parseJson(text));
}

function baseUrlOf(name: string): string {
  if (environment.FUNCTION_URL) return functionUrl(environment.FUNCTION_URL, name);
  const localGateway = localGatewayUrl();
  if (localGateway === undefined)
    throw new Error(`The function ${name} cannot be called: no gateway runs and FUNCTION_URL is not set`);
  return localGateway;
}

async function tokenFor(name: string, url: string): Promise<string> {
  if (!environment.isCloud) return invokerToken(name);
  const { GoogleAuth } = await import('google-auth-library');
  const client = await new GoogleAuth().getIdTokenClient(url);
  const headers = await client.getRequestHeaders();
  const Authorization = z.string().parse(headers.get('authorization'));
  return Authorization.replace(/^Bearer /, '');
}
