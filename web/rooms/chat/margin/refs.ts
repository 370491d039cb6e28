import { computed, provide, type Ref, ref } from 'vue';
import { MARKDOWN_REFS } from '../../../parts/markdown-ref.ts';
import { text } from '../../../text/chat.ts';
import type { MemoryNote } from '../chat.ts';

/** Which note of a message is hovered or has the focus, and which the reader has opened. */
export interface AnswerRefs {
  active: Ref<string | undefined>;
  /** The note that a ref or a button has opened; `all` for the list of all. */
  opened: Ref<string | undefined>;
}

/** Makes the refs in the texts of a message lead to its notes. */
export function provideRefs(notes: () => readonly MemoryNote[], isPending: () => boolean): AnswerRefs {
  const active = ref<string>();
  const opened = ref<string>();
  const known = computed(() => new Set(notes().map((note) => note.ref)));
  provide(MARKDOWN_REFS, {
    has: (name) => known.value.has(name),
    isPending,
    label: text.margin.ref,
    active: () => active.value,
    open: (name) => {
      opened.value = name;
    },
    hover: (name) => {
      active.value = name;
    },
  });
  return { active, opened };
}
