import type { ModelMessage } from './model.ts';

/**
 * Returns the conversation in an order of roles that every provider and chat template accepts: user, then answers and
 * results in turn. Mistral's template rejects `user` after `tool`, so such a text is added to the last result; others
 * reject two messages of one role, so neighbours are joined, and empty messages, so they are left out. Claude and
 * Gemini (not `isChat`) take a text beside the results. There it must stay one: after an empty answer Claude answers
 * only to a text of the user.
 */
export function orderMessages(messages: readonly ModelMessage[], isChat = true): ModelMessage[] {
  const ordered: ModelMessage[] = [];
  for (const message of messages) {
    const last = ordered.at(-1);
    if (isEmpty(message)) continue;
    const joined = last === undefined ? undefined : join(last, message, isChat);
    if (joined === undefined) ordered.push(message);
    else ordered[ordered.length - 1] = joined;
  }
  return ordered;
}

function isEmpty(message: ModelMessage): boolean {
  if (message.role === 'tool') return message.results.length === 0;
  const has = message.role === 'user' ? message.images : message.toolCalls;
  return message.text.trim() === '' && (has ?? []).length === 0;
}

/** Returns both messages as one, or undefined when they may stand side by side. */
function join(last: ModelMessage, next: ModelMessage, isChat: boolean): ModelMessage | undefined {
  if (next.role === 'user') {
    if (last.role === 'user') return joinUser(last, next);
    // A result has no place for images, so a message with images stays one.
    const isText = isChat && (next.images ?? []).length === 0;
    return last.role === 'tool' && isText ? { role: 'tool', results: withText(last.results, next.text) } : undefined;
  }
  if (next.role === 'tool') {
    return last.role === 'tool' && isChat ? { role: 'tool', results: [...last.results, ...next.results] } : undefined;
  }
  // Calls whose results come next stay in the message that they were made in.
  if (last.role !== 'assistant' || last.toolCalls.length > 0) return undefined;
  const text = [last.text, next.text].filter((part) => part !== '').join('\n\n');
  return { ...next, text };
}

type UserMessage = Extract<ModelMessage, { role: 'user' }>;

function joinUser(last: UserMessage, next: UserMessage): UserMessage {
  const images = [...(last.images ?? []), ...(next.images ?? [])];
  const text = [last.text, next.text].filter((part) => part !== '').join('\n\n');
  return { role: 'user', text, ...(images.length === 0 ? {} : { images }) };
}

function withText(results: Extract<ModelMessage, { role: 'tool' }>['results'], text: string) {
  return results.map((result, index) =>
    index < results.length - 1 ? result : { ...result, output: `${result.output}\n\n${text}` },
  );
}
