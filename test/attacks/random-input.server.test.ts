import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { createId } from '../../functions/platform/id.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';
import { fill } from '../isolation/fill.ts';
import { openWorld, type World } from '../isolation/world.ts';
import type { Answer } from '../support/server.ts';
import { callEndpoint, describeProblemFault, type Endpoint, publicEndpoints } from './every-endpoint.ts';

/**
 * Sends random input to every endpoint. Each must answer with a problem or a reply that matches its schema, and never
 * with 5xx.
 */
const SEED = 20_261_121;
const RUNS = 40;
const functions = (await discoverFunctions()).map(({ declaration }) => declaration);
const endpoints = (await publicEndpoints()).filter(
  // The streams of a conversation and of a council that is under way have no end.
  ({ name, contract }) =>
    (contract.body !== undefined || contract.query !== undefined) &&
    !['chat-stream-conversation', 'agents-stream-council'].includes(name),
);

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const json = fc.jsonValue({ maxDepth: 3 });
/** Edge cases of numbers and text. */
const edge = fc.constantFrom<unknown>(
  0,
  -1,
  2 ** 40,
  1.5,
  1e308,
  2 ** 53,
  -(2 ** 63),
  '',
  ' ',
  '\u202e',
  '\ud83d\ude42',
  '\uffff',
  'null',
  '2026-02-30',
  [],
  {},
  null,
  true,
  'a'.repeat(5000),
  "'; drop table users; --",
  '{{7*7}}',
  '<script>',
);

/** Generates a valid body with one changed or additional field, or any JSON. */
function bodies(endpoint: Endpoint): fc.Arbitrary<unknown> {
  const { body } = endpoint.contract;
  if (body === undefined) return fc.constant(undefined);
  const valid = fill(body, world.alice.known);
  const fields = Object.keys(
    z
      .object({ properties: z.record(z.string(), z.unknown()) })
      .parse(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })).properties,
  );
  const value = fc.oneof(
    edge,
    json,
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  );
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({ field: fc.constantFrom(...fields), value })
        .map((change) => ({ ...valid, [change.field]: change.value })),
    },
    {
      weight: 1,
      arbitrary: fc.record({ field: fc.string(), value }).map((change) => ({ ...valid, [change.field]: change.value })),
    },
    { weight: 1, arbitrary: json },
  );
}

function searches(endpoint: Endpoint): fc.Arbitrary<string> {
  const { query } = endpoint.contract;
  if (query === undefined) return fc.constant('');
  const names = Object.keys(
    z
      .object({ properties: z.record(z.string(), z.unknown()) })
      .parse(z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })).properties,
  );
  const value = fc.oneof(
    edge.map(String),
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom('running', 'user', 'info', '1'),
  );
  const pair = fc.tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...names, 'github_token') },
      { weight: 1, arbitrary: fc.string() },
    ),
    value,
  );
  return fc
    .array(pair, { maxLength: 3 })
    .map((pairs) =>
      pairs.length === 0
        ? ''
        : `?${pairs.map((parts) => parts.map((part) => encodeURIComponent(part.toWellFormed())).join('=')).join('&')}`,
    );
}

test.for(endpoints.map((endpoint) => [endpoint.name, endpoint] as const))('%s', async ([, endpoint]) => {
  await fc.assert(
    fc.asyncProperty(bodies(endpoint), searches(endpoint), async (body, search) => {
      const { token, known } = world.alice;
      const answer = await callEndpoint(world.server, endpoint, {
        token,
        known,
        search,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(describeFault(endpoint, answer)).toBeUndefined();
      if (answer.status === 202 && answer.body.id)
        await world.server.call('POST', `/api/v1/sprints/${answer.body.id}/cancel`, { token });
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

describe('steps, called by the queue', () => {
  const steps = functions
    .filter(({ kind }) => kind === 'step')
    .map((declaration) => [declaration.name, declaration] as const);
  test.for(steps)('%s', async ([name, { route }]) => {
    const token = await invokerToken(name);
    const { alice, bob } = world;
    const ids = {
      tenant_id: fc.constantFrom(alice.tenantId, bob.tenantId, ''),
      run_id: fc.constantFrom(alice.known.ids.run, createId('run'), 'x'),
    };
    const payload = fc.oneof(
      json,
      fc.record(
        { ...ids, node_id: fc.constant(createId('node')), generation: fc.oneof(fc.integer(), edge) },
        { requiredKeys: ['tenant_id'] },
      ),
      fc.record(ids),
    );
    await fc.assert(
      fc.asyncProperty(payload, async (body) => {
        const answer = await world.server.call('POST', route.path, { token, body: JSON.stringify(body) });
        expect(answer.status >= 400 ? describeProblemFault(answer) : answer.status).toBe(
          answer.status >= 400 ? undefined : 200,
        );
        expect(answer.status).toBeLessThan(500);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });
});

/** The media types of replies that are no JSON. */
const ALTERNATIVES = ['application/octet-stream', 'text/event-stream', 'text/markdown'];

function describeFault({ contract }: Endpoint, answer: Answer): string | undefined {
  if (answer.status >= 500) return `${answer.status}`;
  if (answer.status >= 400) return describeProblemFault(answer);
  const declared = contract.replies[answer.status];
  if (declared === undefined) return `${answer.status} is not declared`;
  if (
    declared === null ||
    typeof declared === 'string' ||
    ALTERNATIVES.some((type) => answer.headers.get('content-type')?.startsWith(type))
  )
    return undefined;
  const parsed = declared.safeParse(answer.body);
  return parsed.success ? undefined : z.prettifyError(parsed.error);
}
