import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { EvidenceLog, StagingQueue } from '../preferences/preference.ts';
import { SourceDetail } from '../source.ts';
import { findPreferences } from '../sql/preference.ts';
import { listSources } from '../sql/source.ts';
import { listBlocksOfSource, listDerivedFacts, listFactsOfSource, listTurnsOfSource } from '../sql/source-yield.ts';

/**
 * Returns one source with what came from it: facts, blocks of entity files, preferences, and the facts that runs
 * learned under its influence. The id is one of `GET /memory/sources`; a web page is its address. Answers 404 for a
 * source that the caller's memory does not have.
 */
export const getSource = endpoint({
  name: 'memory-get-source',
  route: 'GET /api/v1/memory/sources/{source_id+}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows a source of your memory, and what came from it.',
  params: z.strictObject({ source_id: z.string().min(1).max(2000) }),
  reply: { 200: SourceDetail },
}).query(async ({ params: { source_id: id }, read }) => {
  const [row] = await listSources(read, { id }, { after: undefined, limit: 1 });
  if (row === undefined) throw new Problem('not-found', 'Your memory has no such source.');
  const { mark: _, facts, blocks, entities, preferences: wishes, ...source } = row;
  const stored = await findPreferences(read);
  const staged = StagingQueue.parse(stored?.staging_queue ?? {}).items.map((item) => ({
    ...item,
    state: 'staged' as const,
    quote: item.text,
  }));
  const decided = EvidenceLog.parse(stored?.evidence_log ?? {}).events.map((event) => ({
    ...event,
    state: event.action,
    quote: event.excerpt,
  }));
  const preferences = [...staged, ...decided]
    .filter(({ source_id: of }) => of === id)
    .map(({ id: own, state, hub, field, value, quote }) => ({ id: own, state, hub, field, value, quote }));
  return {
    status: 200,
    body: {
      ...source,
      counts: { facts, blocks, entities, preferences: wishes },
      first_turns: await listTurnsOfSource(read, id),
      facts: await listFactsOfSource(read, id),
      blocks: await listBlocksOfSource(read, id),
      derived: await listDerivedFacts(read, id),
      preferences,
    },
  };
});
