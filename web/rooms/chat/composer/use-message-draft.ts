import { reactive, shallowRef, watch } from 'vue';
import { session } from '../../../api/session.ts';
import type { Message } from '../chat.ts';
import { keepDraft, readDraft } from './draft.ts';

/** The words that are being written in a chat, or a message that is asked again with other words. */
export function useMessageDraft(chat: () => string | undefined) {
  const user = session.value.kind === 'signed-in' ? session.value.user.id : '';
  const draft = reactive(readDraft(user, chat()));
  const editing = shallowRef<Message>();
  /** What was in the field before the message that is edited. */
  let before = '';

  // What is edited is stored already.
  watch(draft, () => keepDraft(user, chat(), editing.value === undefined ? draft : { ...draft, text: before }), {
    flush: 'sync',
  });

  function edit(message: Message): void {
    if (editing.value === undefined) before = draft.text;
    editing.value = message;
    draft.text = message.content;
  }

  function leave(): void {
    draft.text = before;
    before = '';
    editing.value = undefined;
  }

  /** Forgets the words that were sent. What was written meanwhile stays, and what waited behind an edited message. */
  function forget(place: string | undefined, sent: string): void {
    const { model } = draft;
    // The draft of a new chat stays behind when the chat gets its id.
    if (place === undefined) keepDraft(user, undefined, { text: '', model: '' });
    if (editing.value !== undefined) leave();
    else if (draft.text.trim() === sent) draft.text = '';
    if (chat() !== undefined) keepDraft(user, chat(), { text: draft.text, model });
  }

  return { draft, editing, edit, leave, forget };
}
