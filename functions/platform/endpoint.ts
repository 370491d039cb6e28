import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { cursorsOf } from './cursor.ts';
import { cutText } from './cut-text.ts';
import type { Caller, Database, Identity, Scope, Transaction } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { Problem } from './errors.ts';
import { admit, DEFAULT_BODY_LIMIT, parsePart, queryOf, readJson } from './http/body.ts';
import { type Hold, holdUntilClosed } from './http/budget.ts';
import type { BaseInput, EndpointContract, Reads, Replies, ReplyOf } from './http/endpoint-contract.ts';
import { declareFunction } from './http/functions-framework.ts';
import { guarded } from './http/guarded.ts';
import { type KeyedRequest, keyedRequest, takesKey, withClaimedKey, withIdempotency } from './http/idempotency.ts';
import { addressOf } from './http/request-head.ts';
import { parseRoute } from './http/route.ts';
import type { ServedFunction } from './http/served-function.ts';
import { readOptionalJson, takeUserId, type UserNamed, withUserId } from './http/user-id.ts';
import { writeReply } from './http/write-reply.ts';
import { type Access, minimumRole } from './sign-in/access.ts';
import { countRefused, identify } from './sign-in/authenticate.ts';
import { challenging } from './sign-in/challenge.ts';
import { clientAddress, networkOf } from './sign-in/client-address.ts';
import { verifyInvoker } from './sign-in/oidc.ts';
import { limitCaller, limitPublic } from './sign-in/rate-limit.ts';

/**
 * Declares an HTTP endpoint. The contract comes first and the handler in a second call, so that TypeScript checks the
 * reply against the contract.
 *
 * - `.query(handler)`: only reads. Each `read.query` is one round trip that checks the caller and reads the caller's
 *   rows.
 * - `.handle(handler)`: runs in one transaction of the signed-in caller. It commits when the handler returns and rolls
 *   back when the handler throws.
 * - `.serve(handler)`: opens its own scopes. For public and internal endpoints, and for endpoints that make network
 *   calls between statements.
 * - `.compute(handler)`: opens no database. For public and internal endpoints of services that have none.
 *
 * Anything thrown is answered as problem+json. A reply that does not match its schema is our fault: it is answered with
 * 500.
 */
export function endpoint<
  const R extends Replies,
  P extends z.ZodType = z.ZodType<unknown>,
  Q extends z.ZodType = z.ZodType<unknown>,
  B extends z.ZodType = z.ZodType<undefined>,
>(contract: EndpointContract<P, Q, B, R>) {
  type Input = BaseInput<z.output<P>, z.output<Q>, z.output<B>>;
  const declare = (run: (call: Call<Input>, database: Database) => Promise<ReplyOf<R>>) =>
    declareServed(contract, async (call: Call<Input>) => run(call, await openDatabase()));
  return {
    query: (handler: (input: Input & { read: Reads; database: Database }) => Promise<ReplyOf<R>>) =>
      declare((call, database) => handler({ ...call.input, read: database.as(call.scope()), database })),
    handle: (handler: (input: Input & { transaction: Transaction; caller: Caller }) => Promise<ReplyOf<R>>) =>
      declare((call, database) =>
        database.as(call.scope()).transaction(async (transaction, caller) => {
          if (caller === undefined) throw new Error('A transaction of a caller has no caller');
          const run = () => handler({ ...call.input, transaction, caller });
          return withIdempotency(call.keyed, { transaction, caller }, run);
        }),
      ),
    serve: (handler: (input: Input & Served) => Promise<ReplyOf<R>>) =>
      declare((call, database) => {
        const { identity, keyed } = call;
        const run = () => handler({ ...call.input, database, identity, keyed });
        if (contract.keepsKey) return run();
        const scopes = {
          scoped: database.as(call.scope()),
          storeAs: (caller: Caller) => database.as({ kind: 'tenant', ...caller }),
        };
        return withClaimedKey(keyed, scopes, run);
      }),
    compute: (handler: (input: Input) => Promise<ReplyOf<R>>) =>
      declareServed(contract, (call: Call<Input>) => handler(call.input)),
  };
}

interface Served {
  database: Database;
  identity: Identity | undefined;
  keyed: KeyedRequest | undefined;
}

type AnyContract = Pick<
  EndpointContract<z.ZodType, z.ZodType, z.ZodType, Replies>,
  'body' | 'bodyLimit' | 'mayBeEmpty' | 'onBehalfOf' | 'route'
>;

interface Call<Input> {
  input: Input;
  identity: Identity | undefined;
  scope(): Scope;
  /** The request with its Idempotency-Key, if the endpoint takes one and the caller sent one. */
  keyed: KeyedRequest | undefined;
}

function declareServed<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends Replies>(
  contract: EndpointContract<P, Q, B, R>,
  run: (call: Call<BaseInput<z.output<P>, z.output<Q>, z.output<B>>>) => Promise<ReplyOf<R>>,
): ServedFunction {
  const route = parseRoute(contract.route);
  const answer = async (request: IncomingMessage, response: ServerResponse, requestId: string) => {
    const { pathname, searchParams } = addressOf(request);
    const params = route.match(pathname);
    if (params === undefined) throw new Problem('not-found', 'There is nothing at this address.');
    admit(request, contract.bodyLimit ?? DEFAULT_BODY_LIMIT);
    const address = clientAddress(request);
    const signedIn = await signIn(contract, request, address);
    const hold = holdUntilClosed(response, holderOf(contract.access, signedIn, address));
    const query = queryOf(searchParams);
    const named = contract.onBehalfOf && (await readNamed(contract, request, { params, query, hold }));
    const identity = withUserId(signedIn, named?.userId, contract.onBehalfOf);
    const head = {
      params: contract.params ? parsePart(contract.params, params, 'path') : params,
      query: parsePartOrRefuse(contract.query, named?.query ?? query),
    };
    const content = named ? named.body : contract.body && (await readContent(contract, request, hold));
    // The cast is safe: each part is the output of its schema, or the default for a contract without that schema.
    const input = {
      ...head,
      body: contract.body ? parsePart(contract.body, content, 'body') : undefined,
      request,
      requestId,
      address,
      signal: abortOn(response),
      hold,
      cursor: cursorsOf({ route: contract.route, identity }),
    } as BaseInput<z.output<P>, z.output<Q>, z.output<B>>;
    const sent = { route: contract.route, params, query: named?.query ?? query, content };
    const reply = await run({
      input,
      identity,
      scope: () => callerScope(contract.access, identity),
      keyed: takesKey(contract) ? keyedRequest(request, sent) : undefined,
    }).catch((error: unknown) => countRefused(error, identity, address));
    await writeReply(response, contract, reply, { requestId, name: identity?.onBehalfOf?.name, hold });
  };
  return declareFunction({
    kind: 'endpoint',
    name: contract.name,
    route,
    deployment: { identity: 'api', ...contract.deployment },
    ...(contract.part ? { part: contract.part } : {}),
    ...(contract.takesBytes && contract.bodyLimit ? { streamedBytes: contract.bodyLimit } : {}),
    contract: {
      summary: contract.summary,
      access: contract.access,
      tags: [contract.name.split('-')[0] ?? ''],
      ...(contract.params ? { params: contract.params } : {}),
      ...(contract.query ? { query: contract.query } : {}),
      ...(contract.body ? { body: contract.body } : {}),
      ...(contract.mayBeEmpty ? { mayBeEmpty: true } : {}),
      ...(contract.takesBytes ? { takesBytes: true } : {}),
      ...(contract.hasTag ? { hasTag: true } : {}),
      takesUserId: contract.onBehalfOf !== undefined,
      idempotent: takesKey(contract),
      replies: contract.reply,
    },
    handle: (request, response) => {
      const { name, resourceMetadata } = contract;
      return guarded(name, request, response, resourceMetadata ? challenging(resourceMetadata, answer) : answer);
    },
  });
}

async function signIn(
  { access, name }: { access: Access; name: string },
  request: IncomingMessage,
  address: string,
): Promise<Identity | undefined> {
  if (access === 'public') await limitPublic(address);
  if (access === 'internal') await verifyInvoker(request, name);
  if (access === 'public' || access === 'internal') return undefined;
  const identity = await identify(request, address);
  limitCaller(identity);
  return identity;
}

/** Returns for whom a request takes from budgets; undefined for our own services, which have none. */
function holderOf(access: Access, identity: Identity | undefined, address: string): string | undefined {
  if (access === 'internal') return undefined;
  return identity?.subject ?? `network ${networkOf(address)}`;
}

function callerScope(access: Access, identity: Identity | undefined): Scope {
  if (identity === undefined || access === 'public' || access === 'internal') return { kind: 'system' };
  return { kind: 'caller', identity, access, minimumRole: minimumRole(access) };
}

/** Reads the query and the body of an endpoint with `onBehalfOf`, and takes `user_id` out of them. */
async function readNamed(
  contract: AnyContract,
  request: IncomingMessage,
  { params, query, hold }: { params: Record<string, string>; query: Record<string, string>; hold: Hold },
): Promise<UserNamed> {
  if (contract.body !== undefined)
    return takeUserId({ params, query, body: await readContent(contract, request, hold) });
  const { bodyLimit = DEFAULT_BODY_LIMIT, route } = contract;
  const body = /^(GET|DELETE) /.test(route) ? undefined : await readOptionalJson(request, bodyLimit, hold);
  const named = takeUserId({ params, query, body });
  if (named.body !== undefined) parsePart(z.strictObject({}), named.body, 'body');
  return named;
}

function parsePartOrRefuse(schema: z.ZodType | undefined, query: Record<string, string>): unknown {
  if (schema) return parsePart(schema, query, 'query');
  const [unknown] = Object.keys(query);
  if (unknown !== undefined)
    throw new Problem('invalid-request', `There is no query parameter ${cutText(unknown, 100)}.`);
  return undefined;
}

function readContent(
  { bodyLimit = DEFAULT_BODY_LIMIT, mayBeEmpty }: AnyContract,
  request: IncomingMessage,
  hold: Hold,
): Promise<unknown> {
  return readJson(request, bodyLimit, { mayBeEmpty, hold });
}

function abortOn(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('The caller disconnected'));
  });
  return controller.signal;
}
