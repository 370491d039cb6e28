import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Conversation, ConversationParams, Message } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';
import { showMessages } from '../show-messages.ts';
import { listAllMessages, listBranch, type MessageRow } from '../sql/message.ts';

/** The most messages of an export. */
const MOST_MESSAGES = 10_000;
const PAGE = 200;

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
  if (query.format === 'json') {
    const messages = await showInPages(read, await listAllMessages(read, params.id, MOST_MESSAGES));
    return { status: 200, body: { version: 1, conversation, messages } };
  }
  const headers = { 'content-disposition': `attachment; filename="${params.id}.md"` };
  const branch = { conversationId: params.id, headId: conversation.head_id ?? '', limit: MOST_MESSAGES };
  const text = conversationAsMarkdown(conversation, await showInPages(read, await listBranch(read, branch)));
  return {
    status: 200,
    stream: (async function* () {
      yield text;
    })(),
    headers,
  };
});

/** Returns messages with their records, which are read in pages: the outputs of all calls could be gigabytes. */
async function showInPages(read: Queryable, rows: readonly MessageRow[]): Promise<Message[]> {
  const messages: Message[] = [];
  for (let at = 0; at < rows.length; at += PAGE)
    messages.push(...(await showMessages(read, rows.slice(at, at + PAGE))));
  return messages;
}

/** Returns the branch of a conversation that is shown as a Markdown document. Calls are one line each. */
function conversationAsMarkdown(
  conversation: z.input<typeof Conversation>,
  branch: readonly z.output<typeof Message>[],
): string {
  const about = [`# ${oneLine(conversation.title)}`, `Conversation ${conversation.id}, ${conversation.created_at}`];
  return `${[...about, ...branch.map(toSection)].join('\n\n')}\n`;
}

function toSection(message: z.output<typeof Message>): string {
  const who = message.role === 'assistant' ? `Assistant${message.model === null ? '' : ` (${message.model})`}` : 'You';
  const calls = message.parts.flatMap((part) =>
    part.type === 'tool' ? [`- tool ${part.tool}${part.is_error ? ', failed' : ''}`] : [],
  );
  const state = message.status === 'complete' ? '' : ` · ${message.status}`;
  const lines = [
    `## ${who}${state}`,
    `_${message.created_at}_`,
    message.content,
    calls.join('\n'),
    message.error ?? '',
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
