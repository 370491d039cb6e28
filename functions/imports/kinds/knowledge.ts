import { Category } from '../../memory/memory.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { hasImportedStatement } from '../../village/import-statement.ts';
import type { Realm } from '../../village/statement.ts';
import { listMappings } from '../sql/mapping.ts';
import { numberOf, pastTime, textOf, textsOf, titleFrom, without } from './fields.ts';
import type { EarlierItem, ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';
import { agentOf, FOR_EVERYBODY, say, threadFor } from './said.ts';

/**
 * Reads a fact of ApexAurum's village. It becomes a statement of the user's agent with the same name. Its realm is the
 * visibility of the source; a fact without one is private. Its vector has 384 dimensions of another embedder: the
 * village makes it again.
 */
export const parseKnowledge: ParseItem = (value) => {
  const fields = { ...(isMetadata(value.metadata) ? value.metadata : {}), ...value };
  const text = textOf(fields.text);
  if (text === undefined) throw new UnreadableItem('`text` is empty.');
  const agent = agentOf(fields.agent_id);
  const related = textsOf(fields.related_agents).flatMap((name) => agentOf(name) ?? []);
  const others = related.filter((name) => name !== agent);
  const isBridge = fields.visibility === 'bridge' && others.length === 1;
  const realm: Realm = isBridge ? 'bridge' : fields.visibility === 'village' ? 'village' : 'private';
  const thread = textOf(fields.conversation_thread);
  const asked = textsOf(fields.responding_to);
  const category = Category.safeParse(fields.category).data ?? 'general';
  const type = textOf(fields.type);
  const { time } = pastTime(fields.added_at ?? fields.created_at);
  const statement = {
    content: text,
    category,
    agent,
    realm,
    otherSide: isBridge ? others[0] : undefined,
    relatedAgents: others,
    tags: type === undefined || type === 'fact' ? [] : [cutText(type, 60)],
    createdAt: time,
  };
  const lacksSide = fields.visibility === 'bridge' && !isBridge;
  const sourceId = textOf(fields.id);
  return {
    sourceId,
    title: titleFrom(text),
    notes: [
      ...(realm === 'village' ? [FOR_EVERYBODY] : []),
      ...(lacksSide ? ['A bridge has two sides; this one names no single other agent, so it is private here.'] : []),
    ],
    rest: {
      ...without(fields, ...KNOWN),
      ...(numberOf(fields.confidence) === undefined ? {} : { confidence: numberOf(fields.confidence) }),
      ...(lacksSide ? { visibility: 'bridge' } : {}),
      ...(related.length === 0 ? {} : { related_agents: related }),
      ...(asked.length === 0 ? {} : { responding_to: asked }),
    },
    // Counts of reads change with every search in the source and say nothing new.
    identity: [statement, thread, asked],
    check: async ({ scoped }, earlier) => ((await isDeleted(scoped, earlier)) ? { skipped: DELETED } : { notes: [] }),
    prepare: async (scope, earlier, mappedId) => async (transaction) => {
      if (await isDeleted(transaction, earlier)) return { skipped: DELETED };
      const known = await listMappings(
        transaction,
        asked.map((id) => ({ kind: 'knowledge' as const, sourceId: id })),
      );
      const lost = asked.length - known.length;
      const opened =
        thread === undefined
          ? undefined
          : await threadFor(transaction, { realm, sourceId: thread, title: cutText(thread, 200) });
      const { id, outcome } = await say(transaction, scope, {
        kind: 'knowledge',
        sourceId: mappedId,
        statement: { ...statement, thread: opened, respondingTo: known.map((row) => row.target_id).slice(0, 20) },
      });
      if (outcome === 'deleted') return { skipped: DELETED };
      const what = lost === 1 ? '1 statement that it answers is' : `${lost} statements that it answers are`;
      return { targetId: id, note: lost === 0 ? undefined : `${what} not imported.` };
    },
  };
};

const DELETED = 'You have deleted the statement here since it was imported.';

async function isDeleted(queryable: Queryable, earlier: EarlierItem | undefined): Promise<boolean> {
  return earlier !== undefined && !(await hasImportedStatement(queryable, earlier.targetId));
}

const KNOWN = [
  ...['id', 'text', 'category', 'visibility', 'agent_id', 'conversation_thread', 'type', 'added_at', 'created_at'],
  ...['embedding', 'embeddings', 'vector', 'metadata'],
];

function isMetadata(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
