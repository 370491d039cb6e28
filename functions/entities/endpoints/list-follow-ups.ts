import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { AsOf } from '../as-of.ts';
import { entityTexts, openCommit } from '../branch/read-branch.ts';
import { FollowUp, followUpsIn } from '../files/follow-ups.ts';
import { findCommit } from '../sql/memory-commit.ts';

/** Which commit is listed, and how many of its follow-ups were. */
const Position = z.strictObject({ commit: z.int(), offset: z.int() });

/** What the caller's entity files say is to be done, by the day that it is due, now or as it was at a moment; all pages are of one commit. */
export const listFollowUps = endpoint({
  name: 'entities-list-follow-ups',
  route: 'GET /api/v1/memory/follow-ups',
  access: 'memory:read',
  summary: 'Lists what your entity files say is to be done, by the day that it is due.',
  query: z.strictObject({ ...pageQuery, as_of: AsOf }),
  reply: { 200: pageOf(FollowUp) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const head =
    after === undefined ? await openCommit(read, query.as_of) : await findCommit(read, { position: after.commit });
  const all = followUpsIn(await entityTexts(read, head?.tree_id));
  const { offset = 0 } = after ?? {};
  const end = offset + query.limit;
  const next = head === undefined || end >= all.length ? null : cursor.encode({ commit: head.position, offset: end });
  return { status: 200, body: { items: all.slice(offset, end), next_cursor: next } };
});
