import { recallPreferences } from '../memory/preferences/recall-preferences.ts';
import { recallFor, renderMemories } from '../memory/recall.ts';
import { cutText } from '../platform/cut-text.ts';
import type { Claim } from './claim.ts';

/** The most memories in a prompt. */
const RECALLED = 12;
/** The most characters of a query. */
const QUERY_LENGTH = 4_000;

/**
 * Finds what a node remembers at its start: facts for its query and preferences of its user, as delimited data. The ids
 * are for the event that the node starts.
 */
export async function recallForNode({ node, root, tenantId, signal }: Claim, query: string) {
  const [memories, preferences] = await Promise.all([
    recallFor({
      database: root,
      tenantId,
      userId: node.user_id,
      worker: node.worker,
      runId: node.run_id,
      query: cutText(query, QUERY_LENGTH),
      k: RECALLED,
      signal,
    }),
    recallPreferences(root, { tenantId, userId: node.user_id, worker: node.worker }),
  ]);
  return {
    text: [preferences.text, renderMemories(memories)].filter((text) => text !== '').join('\n'),
    used: { memories: memories.map((memory) => memory.id), preferences: preferences.used },
  };
}
