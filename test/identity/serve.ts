import { createHash, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Row, Statement } from '../../functions/platform/database/batch.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { isServedFunction, type ServedFunction } from '../../functions/platform/http/served-function.ts';

/** Serves the identity domain's functions over real HTTP, on the database of the environment. */
export interface Served {
  origin: string;
  call(route: string, options?: CallOptions): Promise<Answer>;
  /** Registers somebody new and answers his session. */
  register(wishes?: Record<string, unknown>): Promise<Person>;
  /** A statement of the database's owner, whom row-level security does not bind. */
  asOwner(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  /** The caller's address; somebody else's each time when it is left out. */
  address?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  // Tests look into answers of every shape; what they expect they assert.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export interface Person {
  email: string;
  password: string;
  token: string;
  refreshToken: string;
  user: { id: string; tenant_id: string; role: string; display_name: string };
}

export async function serveIdentity(others: ServedFunction[] = []): Promise<Served> {
  // Callers name their address, as behind a proxy, so that no two tests share a limit.
  environment.TRUSTED_PROXIES = 1;
  const functions = [...(await declaredFunctions()), ...others];
  const server = createServer({ keepAliveTimeout: 620_000 }, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const found = functions.find(({ route }) => route.method === request.method && route.match(pathname));
    if (found) void found.handle(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // A TCP server's address is never a string.
  const call: Served['call'] = (route, options) => send(origin, route, options);
  return {
    origin,
    call,
    register: (wishes) => registerSomebody(call, wishes),
    asOwner,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function send(origin: string, route: string, options: CallOptions = {}): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const { token, body, headers, address = randomUUID() } = options;
  const answer = await fetch(origin + path, {
    method,
    headers: {
      'x-forwarded-for': address,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

async function registerSomebody(call: Served['call'], wishes: Record<string, unknown> = {}): Promise<Person> {
  const account = { email: `${randomUUID()}@example.com`, password: 'correct horse', display_name: 'Ada', ...wishes };
  const { status, body } = await call('POST /api/v1/auth/register', { body: account });
  if (status !== 201) throw new Error(`register answered ${status}: ${JSON.stringify(body)}`);
  const { email, password } = account;
  return { email, password, token: body.access_token, refreshToken: body.refresh_token, user: body.user };
}

async function asOwner(text: string, values: unknown[] = []): Promise<Row[]> {
  const statement: Statement = { name: `test_${createHash('md5').update(text).digest('hex')}`, text, values };
  const database = await openDatabase();
  return database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query({ name: 'test_set_role', text: 'set local role postgres' });
    return transaction.query(statement);
  });
}

async function declaredFunctions(): Promise<ServedFunction[]> {
  const folder = new URL('../../functions/identity/endpoints/', import.meta.url);
  const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  return modules.flatMap((module) => Object.values(module)).filter(isServedFunction);
}
