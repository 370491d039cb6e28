import { z } from 'zod';
import { Category } from '../../memory/memory.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { postStatement } from '../post-statement.ts';
import { listStatementsByIds } from '../sql/statement.ts';
import { AgentName, Content, Realm, Statement, StatementId, Tags, ThreadId, VillagerId } from '../statement.ts';

/**
 * Adds a statement of one of the caller's agents; the first statement of a name creates the agent. It is found by its
 * words at once, and by its meaning when it is embedded. A bridge is between the speaking agent and one other: `sides`
 * names both, or the other alone. `thread_title` opens a thread. Answers 422 for a thread, a statement or an agent that
 * the caller does not see, and for a side whose name several agents have.
 */
export const addStatement = endpoint({
  name: 'village-add-statement',
  route: 'POST /api/v1/village/knowledge',
  access: 'village:write',
  summary: 'Adds a statement to the village.',
  body: z
    .strictObject({
      content: Content,
      agent: AgentName.optional().meta({ description: 'One of your agents; left out: the agent with your own name' }),
      realm: Realm.default('village'),
      sides: z.array(AgentName).min(1).max(2).optional().meta({
        description: 'Of a bridge: the other agent, or both, each by its id or its name',
      }),
      category: Category.default('general'),
      thread_id: ThreadId.optional(),
      thread_title: z.string().trim().min(1).max(200).optional(),
      responding_to: z.array(StatementId).max(20).default([]),
      related_agents: z.array(VillagerId).max(20).default([]),
      tags: Tags.default([]),
    })
    .superRefine(({ realm, sides, thread_id: threadId, thread_title: title }, context) => {
      const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
      if ((realm === 'bridge') !== (sides !== undefined))
        refuse('sides', 'must be given for a bridge, and only for it');
      if (threadId !== undefined && title !== undefined) refuse('thread_title', 'must be left out with thread_id');
    }),
  reply: { 201: Statement },
}).handle(async ({ body, transaction, caller }) => {
  const { thread_id: threadId, thread_title: threadTitle, responding_to: respondingTo, ...said } = body;
  const { related_agents: relatedAgents, ...rest } = said;
  const named = { threadId, threadTitle, respondingTo, relatedAgents };
  const { id } = await postStatement(transaction, caller, { ...rest, ...named, source: { kind: 'person' } });
  const [statement] = await listStatementsByIds(transaction, [id]);
  if (statement === undefined) throw new Error('A new statement is not visible to its user');
  return { status: 201, body: statement };
});
