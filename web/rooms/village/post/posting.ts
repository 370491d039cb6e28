import { type InjectionKey, inject, provide, type Ref, shallowRef } from 'vue';
import type { Realm, Statement } from '../village-types.ts';

/** The form for a statement, which lists and sheets open with what is known already. */
export interface Draft {
  content?: string;
  realm?: Realm;
  /** The statement that is answered: the answer is for the same ears and in the same thread. */
  inReplyTo?: Statement;
  thread?: string;
}

const KEY: InjectionKey<Ref<Draft | undefined>> = Symbol('posting');

/** Creates the draft of the room. Called by its page. */
export function providePosting(): Ref<Draft | undefined> {
  const draft = shallowRef<Draft>();
  provide(KEY, draft);
  return draft;
}

/** Returns what opens the form. */
export function usePosting(): (draft: Draft) => void {
  const current = inject(KEY);
  if (current === undefined) throw new Error('The component is not in the village room');
  return (draft) => {
    current.value = draft;
  };
}
