import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { AsOf } from '../as-of.ts';
import { entityTexts } from '../branch/read-branch.ts';
import { pageOfCommit } from '../commit-page.ts';
import { FollowUp, followUpsIn } from '../files/follow-ups.ts';

/**
 * Lists the open follow-ups in the caller's entity files by due date, now or as of a moment. All pages show the same
 * commit.
 */
export const listFollowUps = endpoint({
  name: 'entities-list-follow-ups',
  route: 'GET /api/v1/memory/follow-ups',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the follow-ups in your entity files by due date.',
  query: z.strictObject({ ...pageQuery, as_of: AsOf }),
  reply: { 200: pageOf(FollowUp) },
}).query(async ({ query, read, cursor }) => {
  const itemsOf = async ({ tree_id: tree }: { tree_id: string }) => followUpsIn(await entityTexts(read, tree));
  return { status: 200, body: await pageOfCommit({ read, cursor, query, itemsOf }) };
});
