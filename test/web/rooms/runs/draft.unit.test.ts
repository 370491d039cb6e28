import { describe, expect, test } from 'vitest';
import { keepDraft, readDraft } from '../../../../web/parts/draft.ts';
import { RUN_DRAFT } from '../../../../web/rooms/runs/start/draft.ts';
import { emptyForm } from '../../../../web/rooms/runs/start/form.ts';

class Memory implements Storage {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear = () => this.#items.clear();
  key = () => null;
  getItem = (key: string) => this.#items.get(key) ?? null;
  removeItem = (key: string) => void this.#items.delete(key);
  setItem = (key: string, value: string) => void this.#items.set(key, value);
}

describe('the draft of the start form', () => {
  test('is kept for one user and read back', () => {
    const storage = new Memory();
    keepDraft(RUN_DRAFT, 'usr_1', { ...emptyForm(), task: 'Do it', mode: 'worker', worker: 'coder' }, storage);
    expect(readDraft(RUN_DRAFT, 'usr_1', storage)).toMatchObject({ task: 'Do it', mode: 'worker', worker: 'coder' });
    expect(readDraft(RUN_DRAFT, 'usr_2', storage)).toBeUndefined();
  });

  test('an empty form keeps nothing', () => {
    const storage = new Memory();
    keepDraft(RUN_DRAFT, 'usr_1', { ...emptyForm(), task: 'Do it' }, storage);
    keepDraft(RUN_DRAFT, 'usr_1', emptyForm(), storage);
    expect(storage.length).toBe(0);
  });

  test('what another version or a person wrote is checked', () => {
    const storage = new Memory();
    keepDraft(RUN_DRAFT, 'usr_1', { ...emptyForm(), task: 'x' }, storage);
    const place = 'apexflow.draft.run.usr_1';
    storage.setItem(place, '{"task":{},"team":["nobody","devops"],"worker":"x","mode":9,"budget":"1"}');
    expect(readDraft(RUN_DRAFT, 'usr_1', storage)).toEqual({ ...emptyForm(), team: ['devops'], budget: '1' });
    storage.setItem(place, 'not JSON');
    expect(readDraft(RUN_DRAFT, 'usr_1', storage)).toBeUndefined();
  });
});
