import type { Message } from './chat.ts';
import type { ConversationRow } from './sql/conversation.ts';

/** Returns the branch of a conversation that is shown as a Markdown document. Calls are one line each. */
export function conversationAsMarkdown(conversation: ConversationRow, messages: readonly Message[]): string {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  for (let at = byId.get(conversation.head_id ?? ''); at !== undefined; at = byId.get(at.parent_id ?? ''))
    branch.push(at);
  const about = [`# ${oneLine(conversation.title)}`, `Conversation ${conversation.id}, ${conversation.created_at}`];
  return `${[...about, ...branch.reverse().map(toSection)].join('\n\n')}\n`;
}

function toSection(message: Message): string {
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
