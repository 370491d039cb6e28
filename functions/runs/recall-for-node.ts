import { renderNotes } from '../memory/notes/note.ts';
import { recentNotes } from '../memory/notes/recent-notes.ts';
import { recallPreferences } from '../memory/preferences/recall-preferences.ts';
import { recallFor, renderMemories } from '../memory/recall.ts';
import { cutText } from '../platform/cut-text.ts';
import type { Claim } from './claim.ts';

/** The most memories in a prompt. */
const RECALLED = 12;
/** The most notes of earlier sessions in a prompt. */
const NOTES = 3;
/** The most characters of a query. */
const QUERY_LENGTH = 4_000;

/**
 * Finds what a node remembers at its start: facts for its query, preferences of its user and notes of earlier sessions,
 * as delimited data. The ids are for the event that the node starts.
 */
export async function recallForNode({ node, root, database, tenantId, signal }: Claim, query: string) {
  const [memories, preferences, notes] = await Promise.all([
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
    recentNotes(database, { agent: node.worker, limit: NOTES }),
  ]);
  return {
    text: [preferences.text, renderMemories(memories), renderNotes(notes)].filter((text) => text !== '').join('\n'),
    used: { memories: memories.map((memory) => memory.id), preferences: preferences.used },
  };
}
