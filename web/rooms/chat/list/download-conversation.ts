import { errorOf } from '../../../api/problem.ts';
import { authorizedFetch } from '../../../api/session.ts';
import { saveFile } from '../../../parts/save-file.ts';

/** Saves a chat as a file: all of it, or what is shown, for people. @throws ApiError */
export async function downloadConversation(id: string, format: 'json' | 'markdown'): Promise<void> {
  const url = `/api/v1/chat/conversations/${encodeURIComponent(id)}/export?format=${format}`;
  const response = await authorizedFetch(new Request(url));
  if (!response.ok) throw await errorOf(response);
  saveFile(await response.blob(), `${id}.${format === 'json' ? 'json' : 'md'}`);
}
