import { errorOf } from '../../../api/problem.ts';
import { authorizedFetch } from '../../../api/session.ts';

/** The browser may read the file after the click has returned. */
const KEPT_MS = 60_000;

/** Saves a chat as a file. The console never opens it. @throws ApiError */
export async function downloadConversation(id: string, format: 'json' | 'markdown'): Promise<void> {
  const url = `/api/v1/chat/conversations/${encodeURIComponent(id)}/export?format=${format}`;
  const response = await authorizedFetch(new Request(url));
  if (!response.ok) throw await errorOf(response);
  const file = new Blob([await response.blob()], { type: 'application/octet-stream' });
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = `${id}.${format === 'json' ? 'json' : 'md'}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
