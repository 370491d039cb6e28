import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { entityTexts, openCommit } from '../branch/read-branch.ts';
import { Nonconformance, nonconformanceOf } from '../files/conformance.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { findRepository } from '../sql/memory-repository.ts';

/** Which commit is looked at, and how many of its faults were told. */
const Position = z.strictObject({ commit: z.int(), offset: z.int() });

/** Where the caller's entity files are not as the ontology of the repository would have them; an empty list for a memory that conforms. All pages are of one commit. */
export const checkConformance = endpoint({
  name: 'entities-check-conformance',
  route: 'GET /api/v1/memory/conformance',
  access: 'memory:read',
  summary: 'Tells where your entity files do not conform to your ontology.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Nonconformance) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const repository = await findRepository(read);
  const head = after === undefined ? await openCommit(read) : await findCommit(read, { position: after.commit });
  const texts = await entityTexts(read, head?.tree_id);
  const ontology = repository?.ontology ?? 'personal';
  const all = [...texts].flatMap(([path, text]) => nonconformanceOf(ontology, path, text));
  const { offset = 0 } = after ?? {};
  const end = offset + query.limit;
  const next = head === undefined || end >= all.length ? null : cursor.encode({ commit: head.position, offset: end });
  return { status: 200, body: { items: all.slice(offset, end), next_cursor: next } };
});
