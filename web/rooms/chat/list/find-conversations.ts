import { MessageCircle } from '@lucide/vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import type { Command } from '../../../app/room.ts';

const MOST = 5;

/** Finds chats for the command palette by their titles and messages. */
export async function findConversations(words: string, signal: AbortSignal): Promise<Command[]> {
  const { items } = await dataOf(
    api.GET('/api/v1/chat/conversations', { params: { query: { q: words.slice(0, 200), limit: MOST } }, signal }),
  );
  return items.map(({ id, title, last_text: last }) => ({
    label: title,
    hint: last.replace(/\s+/g, ' ').slice(0, 80),
    icon: MessageCircle,
    to: `/chat/${id}`,
  }));
}
