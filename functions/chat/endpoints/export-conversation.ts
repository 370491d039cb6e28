import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Conversation, ConversationParams, Message } from '../chat.ts';
import { conversationAsMarkdown } from '../conversation-as-markdown.ts';
import { requireConversation } from '../find-conversation.ts';
import { showMessages } from '../show-messages.ts';
import { listAllMessages } from '../sql/message.ts';

/** The most messages of an export. */
const MOST_MESSAGES = 10_000;

/**
 * Exports a conversation. `json` has all branches with tools, thinking, tokens and cost; `markdown` the branch that is
 * shown, for people.
 */
export const exportConversation = endpoint({
  name: 'chat-export-conversation',
  route: 'GET /api/v1/chat/conversations/{id}/export',
  access: 'chat:read',
  summary: 'Exports a conversation as JSON or Markdown.',
  params: ConversationParams,
  query: z.strictObject({ format: z.enum(['json', 'markdown']).default('json') }),
  reply: { 200: z.strictObject({ version: z.literal(1), conversation: Conversation, messages: z.array(Message) }) },
  alternative: 'text/markdown; charset=utf-8',
}).query(async ({ params, query, read }) => {
  const conversation = await requireConversation(read, params.id);
  const messages = await showMessages(read, await listAllMessages(read, params.id, MOST_MESSAGES));
  if (query.format === 'json') return { status: 200, body: { version: 1, conversation, messages } };
  const headers = { 'content-disposition': `attachment; filename="${params.id}.md"` };
  const text = conversationAsMarkdown(conversation, messages);
  return {
    status: 200,
    stream: (async function* () {
      yield text;
    })(),
    headers,
  };
});
