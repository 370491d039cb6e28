import { shallowRef } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import type { Conversation, Message } from '../chat.ts';
import { type Branch, EMPTY_BRANCH, withMessage, withNewest, withOlder } from './branch.ts';

const PAGE = 30;

/** Reads a conversation and the branch that it shows, page by page. */
export function useBranch() {
  const conversation = shallowRef<Conversation>();
  const branch = shallowRef<Branch>(EMPTY_BRANCH);
  let isLoadingOlder = false;
  let asked = 0;

  /** Reads what is shown now. A slow answer does not take the place of a newer one. @throws ApiError */
  async function read(id: string): Promise<void> {
    asked += 1;
    const question = asked;
    const params = { path: { id } };
    const [found, page] = await Promise.all([
      dataOf(api.GET('/api/v1/chat/conversations/{id}', { params })),
      dataOf(api.GET('/api/v1/chat/conversations/{id}/messages', { params: { ...params, query: { limit: PAGE } } })),
    ]);
    if (question !== asked) return;
    conversation.value = found;
    branch.value = withNewest(branch.value, page);
  }

  async function loadOlder(id: string | undefined): Promise<void> {
    const { older, messages } = branch.value;
    const head = messages.at(-1)?.id;
    if (id === undefined || older === null || head === undefined || isLoadingOlder) return;
    isLoadingOlder = true;
    try {
      const params = { path: { id }, query: { limit: PAGE, cursor: older, head } };
      const page = await dataOf(api.GET('/api/v1/chat/conversations/{id}/messages', { params }));
      branch.value = withOlder(branch.value, page);
    } finally {
      isLoadingOlder = false;
    }
  }

  async function readMessage(id: string): Promise<void> {
    replace(await dataOf(api.GET('/api/v1/chat/messages/{id}', { params: { path: { id } } })));
  }

  function replace(message: Message): void {
    branch.value = withMessage(branch.value, message);
  }

  return { conversation, branch, read, loadOlder, readMessage, replace };
}
