import { discoverFunctions } from '../../functions/platform/discover.ts';
import type { PublicContract, ServedFunction } from '../../functions/platform/http/served-function.ts';
import { createId } from '../../functions/platform/id.ts';
import { fill, fillPath, type Known } from '../isolation/fill.ts';
import type { Answer, CallOptions, TestServer } from '../support/server.ts';

/** A declared endpoint with its contract. */
export type Endpoint = ServedFunction & { contract: PublicContract };

/** Returns every endpoint that is not internal. */
export async function publicEndpoints(): Promise<Endpoint[]> {
  return (await discoverFunctions()).flatMap(({ declaration: { contract, ...rest } }) =>
    contract === undefined || contract.access === 'internal' ? [] : [{ ...rest, contract }],
  );
}

/** Ids and names that no tenant has. */
export const NOTHING: Known = {
  ids: {
    run: createId('run'),
    mem: createId('mem'),
    key: createId('key'),
    job: createId('job'),
    con: createId('con'),
    usr: createId('usr'),
    prop: createId('prop'),
    lrn: createId('lrn'),
    pref: createId('pref'),
    dead: createId('dead'),
    mcp: createId('mcp'),
    know: createId('know'),
    thread: createId('thread'),
    agent: createId('agent'),
    chat: createId('chat'),
    msg: createId('msg'),
    upl: createId('upl'),
    council: createId('council'),
    note: createId('note'),
    imp: createId('imp'),
  },
  names: {
    channel: `run:${createId('run')}`,
    path: 'backend/server.js',
    node: 'backend',
    field: 'verbosity',
    name: 'write_file',
    entity: 'memories/people/nobody.md',
    session_id: 'nobodys-session',
    source_id: 'nobodys-session',
    user_id: 'nobody',
    key: 'nobodys key',
    value: 'anything',
    target_id: 'mem_nobodys',
    secret: 'deploy_token',
    hash: 'b'.repeat(64),
    agent_type: 'nobodys',
  },
};

/**
 * Calls an endpoint with its path parameters and body filled in. `search` is the query string with its question mark.
 */
export function callEndpoint(
  server: TestServer,
  { route, contract }: Endpoint,
  options: CallOptions & { search?: string; known?: Known } = {},
): Promise<Answer> {
  const { search = '', known = NOTHING, ...rest } = options;
  const path = fillPath(route.path, contract.params, known);
  const body = contract.body === undefined ? {} : { body: fill(contract.body, known) };
  return server.call(route.method, path + search, { ...body, ...rest });
}

/** Returns why an error is not a valid RFC 9457 problem without internal details, or undefined for a valid one. */
export function describeProblemFault({ status, headers, body }: Answer): string | undefined {
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return `${status} is not problem+json`;
  if (body.status !== status || typeof body.title !== 'string' || typeof body.detail !== 'string')
    return 'a field is missing';
  if (!/^urn:apexflow:problem:[a-z-]+$/.test(body.type)) return `the type is ${body.type}`;
  if (!/^req_/.test(body.request_id)) return 'request_id is missing';
  const inside = /node_modules|functions\/|at .*\(|\.ts:|select |insert |pg_|sqlstate/i.exec(
    `${body.title} ${body.detail}`,
  );
  return inside === null ? undefined : `it contains internal details: ${inside[0]}`;
}
