import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';
import { type Gateway, openGateway } from '../../scripts/local/gateway.ts';

/** The product's own gateway on a free port of loopback, with real HTTP, real tokens and the local queue. */
export interface TestServer {
  url: string;
  queue: Gateway['queue'];
  /** Calls a path. The body is sent as JSON; a string is sent as it is. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Calls a step or a timer with the invoker's token, as the queue and the clock do. */
  invoke(name: string, payload?: unknown): Promise<Answer>;
  /** Registers a user with a new tenant. */
  signUp(displayName?: string): Promise<Person>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

/** `body` is parsed JSON when the answer is JSON, else text. */
export interface Answer {
  status: number;
  headers: Headers;
  // Tests read answers of any shape and assert what they expect.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export interface Person {
  token: string;
  email: string;
  password: string;
  userId: string;
  tenantId: string;
}

/** Serves these functions, or all functions. */
export async function startServer(functions?: readonly ServedFunction[]): Promise<TestServer> {
  const served = functions ?? (await discoverFunctions()).map(({ declaration }) => declaration);
  const gateway = await openGateway(served, { port: 0, host: '127.0.0.1', concurrency: 16 });
  const call: TestServer['call'] = (method, path, options) => callUrl(`${gateway.url}${path}`, method, options);
  return {
    url: gateway.url,
    queue: gateway.queue,
    call,
    invoke: async (name, payload) => {
      const target = served.find((candidate) => candidate.name === name && candidate.kind !== 'endpoint');
      if (target === undefined) throw new Error(`This server serves no step or timer with the name ${name}`);
      return call('POST', target.route.path, {
        token: await invokerToken(name),
        ...(payload === undefined ? {} : { body: payload }),
      });
    },
    signUp: (displayName = 'Ada') => signUp(call, displayName),
    close: gateway.close,
  };
}

async function callUrl(url: string, method: string, { token, body, headers }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new Error(`${method} ${url}: ${error.message}: ${error.cause}`, { cause: error });
  });
  const text = await response.text();
  const isJson = /\bjson/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const Session = z.object({ access_token: z.string(), user: z.object({ id: z.string(), tenant_id: z.string() }) });

async function signUp(call: TestServer['call'], displayName: string): Promise<Person> {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const password = 'correct-horse-battery';
  const answer = await call('POST', '/api/v1/auth/register', { body: { email, password, display_name: displayName } });
  const { access_token: token, user } = Session.parse(answer.body);
  return { token, email, password, userId: user.id, tenantId: user.tenant_id };
}
