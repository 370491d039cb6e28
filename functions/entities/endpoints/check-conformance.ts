import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { entityTexts } from '../branch/read-branch.ts';
import { pageOfCommit } from '../commit-page.ts';
import { Nonconformance, nonconformanceOf } from '../files/conformance.ts';
import { findRepository } from '../sql/memory-repository.ts';

/**
 * Lists where the caller's entity files deviate from the ontology of their repository; the list is empty when all files
 * conform. All pages show the same commit.
 */
export const checkConformance = endpoint({
  name: 'entities-check-conformance',
  route: 'GET /api/v1/memory/conformance',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists where your entity files do not conform to your ontology.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Nonconformance) },
}).query(async ({ query, read, cursor }) => {
  const repository = await findRepository(read);
  const ontology = repository?.ontology ?? 'personal';
  const body = await pageOfCommit({
    read,
    cursor,
    query,
    itemsOf: async ({ tree_id: tree }) =>
      [...(await entityTexts(read, tree))].flatMap(([path, text]) => nonconformanceOf(ontology, path, text)),
  });
  return { status: 200, body };
});
