import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { SourceKind } from '../memory.ts';
import { listEvidence, listSourceTurns } from '../sql/memory-blame.ts';

const MOST_LINES = 200;
const MOST_TURNS = 5;

/**
 * Returns where a fact comes from: what each source did to it, oldest first, with the reason, and the turns of the
 * caller's own session that say the same. The `source_id` of a line can be passed to `revert-source`. Answers 404 for a
 * fact that the caller cannot see.
 */
export const blameMemory = endpoint({
  name: 'memory-blame-memory',
  route: 'GET /api/v1/memory/{id}/blame',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Returns the sources of a fact.',
  params: z.strictObject({ id: idSchema('mem') }),
  reply: {
    200: z.strictObject({
      evidence: z.array(
        z.strictObject({
          action: z.enum([
            'inserted',
            'reinforced',
            'believed',
            'refined',
            'contradicted',
            'disputed',
            'promoted',
            'merged',
          ]),
          other_id: z.string().nullable().meta({
            description: 'The fact that replaced or disputed this one, or that was promoted or merged into it',
          }),
          reason: z.string().nullable(),
          user_id: z.string(),
          source_kind: SourceKind,
          source_id: z.string().nullable(),
          author: z.string(),
          confidence_before: z.number().nullable(),
          confidence_after: z.number(),
          recorded_at: z.string(),
        }),
      ),
      turns: z.array(
        z.strictObject({
          session_id: z.string(),
          position: z.int(),
          speaker: z.string(),
          said_at: z.string(),
          text: z.string(),
        }),
      ),
    }),
  },
}).query(async ({ params, read }) => {
  const evidence = await listEvidence(read, params.id, MOST_LINES);
  if (evidence.length === 0) throw new Problem('not-found', 'There is no such fact.');
  const turns = await listSourceTurns(read, params.id, MOST_TURNS);
  return { status: 200, body: { evidence: evidence.map(withKind), turns } };
});

function withKind<Line extends { source_kind: string }>(line: Line) {
  return { ...line, source_kind: SourceKind.parse(line.source_kind) };
}
