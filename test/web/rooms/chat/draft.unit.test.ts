import { describe, expect, it } from 'vitest';
import { keepDraft, readDraft } from '../../../../web/rooms/chat/composer/draft.ts';

function createStorage(entries: Record<string, string> = {}): Storage {
  const kept = new Map(Object.entries(entries));
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

describe('the draft of a message', () => {
  it('is kept for each user and chat, and forgotten when it is empty', () => {
    const storage = createStorage();
    keepDraft('ada', 'chat_1', { text: 'half a thought', model: 'gemini/flash' }, storage);
    keepDraft('ada', undefined, { text: 'a new chat', model: '' }, storage);
    expect(readDraft('ada', 'chat_1', storage)).toEqual({ text: 'half a thought', model: 'gemini/flash' });
    expect(readDraft('ada', undefined, storage).text).toBe('a new chat');
    expect(readDraft('leo', 'chat_1', storage)).toEqual({ text: '', model: '' });
    keepDraft('ada', 'chat_1', { text: '', model: '' }, storage);
    expect(storage.length).toBe(1);
  });

  it('is empty when what is stored is no draft', () => {
    for (const stored of ['{', 'null', '[]', '{"text":7,"model":{}}'])
      expect(readDraft('ada', 'chat_1', createStorage({ 'apexflow.chat.ada.chat_1': stored }))).toEqual({
        text: '',
        model: '',
      });
  });
});
