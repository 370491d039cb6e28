import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { Row } from '../../functions/platform/database/batch.ts';
import { environment } from '../../functions/platform/environment.ts';
import { isServedFunction, type ServedFunction } from '../../functions/platform/http/served-function.ts';
import { asOwner } from '../support/owner.ts';
import { type Answer, startServer } from '../support/server.ts';

/** The endpoints of the identity domain, served over HTTP. */
export interface Served {
  /** Calls a route such as `GET /api/v1/tenant`. */
  call(route: string, options?: CallOptions): Promise<Answer>;
  /** Calls a timer as Cloud Scheduler does. */
  invoke(name: string): Promise<Answer>;
  /** Registers a new user, who is the admin of a new tenant. */
  register(fields?: Record<string, unknown>): Promise<Person>;
  /** Registers a new user and moves them to the tenant of another user. */
  registerMember(of: Person, role: 'viewer' | 'member' | 'admin'): Promise<Person>;
  /** Runs a statement as the owner of the database, to whom row-level security does not apply. */
  asOwner(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  /** The address of the client. The default is a new address for each call. */
  address?: string;
}

export interface Person {
  email: string;
  password: string;
  token: string;
  refreshToken: string;
  user: { id: string; tenant_id: string; role: string; display_name: string };
}

/** Serves all endpoints of the identity domain, and the other functions that are given. */
export async function serveIdentity(others: ServedFunction[] = []): Promise<Served> {
  // The client's address is read from x-forwarded-for, so that no two tests share a rate limit.
  environment.TRUSTED_PROXIES = 1;
  const server = await startServer([...(await declaredEndpoints()), ...others]);
  const call: Served['call'] = (route, { token, body, headers, address = randomUUID() } = {}) => {
    const [method = '', path = ''] = route.split(' ');
    return server.call(method, path, { token, body, headers: { 'x-forwarded-for': address, ...headers } });
  };
  const register: Served['register'] = (fields) => registerUser(call, fields);
  return {
    call,
    invoke: (name) => server.invoke(name),
    register,
    registerMember: async (of, role) => {
      const person = await register();
      await asOwner('update users set tenant_id = $2, role = $3 where id = $1', [
        person.user.id,
        of.user.tenant_id,
        role,
      ]);
      return person;
    },
    asOwner,
    close: server.close,
  };
}

async function registerUser(call: Served['call'], fields: Record<string, unknown> = {}): Promise<Person> {
  const account = { email: `${randomUUID()}@example.com`, password: 'correct horse', display_name: 'Ada', ...fields };
  const { status, body } = await call('POST /api/v1/auth/register', { body: account });
  if (status !== 201) throw new Error(`register answered ${status}: ${JSON.stringify(body)}`);
  const { email, password } = account;
  return { email, password, token: body.access_token, refreshToken: body.refresh_token, user: body.user };
}

async function declaredEndpoints(): Promise<ServedFunction[]> {
  const folder = new URL('../../functions/identity/endpoints/', import.meta.url);
  const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  return modules.flatMap((module) => Object.values(module)).filter(isServedFunction);
}
