import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Instant } from '../../platform/instant.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { Convergence } from '../convergence/convergence.ts';
import { readConvergence } from '../convergence/read-convergence.ts';
import { findAgentId } from '../find-agent.ts';
import { AgentName, Realm, ThreadId } from '../statement.ts';

const Share = z.coerce.number().min(0).max(1);

/**
 * Returns where agents agree (harmony: two, consensus: three or more) and where one denies what another says (tension),
 * each with its statements, scores and reasons, in what the caller sees. Statements are compared once, shortly after
 * they are added; `pending` counts those that wait. Answers 422 for a floor above the threshold, for an agent that the
 * caller does not see, and for a name that several agents have.
 */
export const getConvergence = endpoint({
  name: 'village-get-convergence',
  route: 'GET /api/v1/village/convergence',
  access: 'village:read',
  summary: 'Shows where the agents of the village agree and disagree.',
  query: z.strictObject({
    threshold: Share.optional().meta({ description: 'Similarity from which on pairs count. The default is measured' }),
    floor: Share.optional().meta({ description: 'Similarity from which on pairs are near; at most the threshold' }),
    realm: Realm.optional(),
    thread_id: ThreadId.optional(),
    agent: AgentName.optional().meta({ description: 'Only what this agent takes part in, by its id or its name' }),
    as_of: Instant.optional().meta({ description: 'Only what had been said at this time' }),
  }),
  reply: { 200: Convergence },
  deployment: { secrets: MODEL_KEYS },
}).query(async ({ query, read }) => {
  const { threshold, floor, realm, thread_id: threadId, as_of: asOf } = query;
  const agent = await findAgentId(read, query.agent);
  const filter = { realm, threadId, asOf };
  return { status: 200, body: await readConvergence(read, { filter, agent, threshold, floor }) };
});
