import { computed, defineComponent, h, type InjectionKey, inject, type PropType, type VNodeChild } from 'vue';

/**
 * Refs such as `[M1]` that a text has to what stands beside it. Who shows the text says which refs lead somewhere:
 * only these become buttons, the others stay as they were written.
 */
export interface MarkdownRefs {
  has: (ref: string) => boolean;
  /** Whether it is not known yet where refs lead, because the text is being written: they are no buttons. */
  isPending: () => boolean;
  /** The accessible name of the button. */
  label: (ref: string) => string;
  /** The ref whose note is hovered or has the focus. */
  active: () => string | undefined;
  open: (ref: string) => void;
  hover: (ref: string | undefined) => void;
}

export const MARKDOWN_REFS: InjectionKey<MarkdownRefs> = Symbol('refs of a text');

/** Draws the refs of one pair of brackets. */
export const MarkdownRef = defineComponent({
  name: 'MarkdownRef',
  props: {
    names: { type: Array as PropType<readonly string[]>, required: true },
    raw: { type: String, required: true },
  },
  setup(props) {
    const refs = inject(MARKDOWN_REFS, undefined);
    const known = computed(() => props.names.filter((name) => refs?.has(name)));
    return (): VNodeChild => {
      if (refs === undefined) return props.raw;
      if (known.value.length === 0)
        return refs.isPending() ? h('sup', { class: 'md-ref' }, props.names.join(' ')) : props.raw;
      return h(
        'sup',
        { class: 'md-ref' },
        known.value.map((name) => drawRef(refs, name)),
      );
    };
  },
});

function drawRef(refs: MarkdownRefs, name: string): VNodeChild {
  return h(
    'button',
    {
      type: 'button',
      'data-ref': name,
      'aria-label': refs.label(name),
      class: { 'md-ref-active': refs.active() === name },
      onClick: () => refs.open(name),
      onMouseenter: () => refs.hover(name),
      onMouseleave: () => refs.hover(undefined),
      onFocus: () => refs.hover(name),
      onBlur: () => refs.hover(undefined),
    },
    name,
  );
}

const REF = 'm[1-9][0-9]{0,2}';
/** The same brackets as in the server's `functions/chat/memory/check-refs.ts`. Every repetition has a bound. */
const BRACKETS = new RegExp(`([[(【])\\^?(${REF}(?:[ ,;&/]{1,3}(?:and )?${REF}){0,19})[\\])】]`, 'gi');
const MAY_HAVE_REFS = /[[(【]\^?m[1-9]/i;

/** Returns a text in pieces: what is no ref, and the refs of each pair of brackets. */
export function splitRefs(text: string): (string | { names: string[]; raw: string })[] {
  if (!MAY_HAVE_REFS.test(text)) return [text];
  const pieces: (string | { names: string[]; raw: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(BRACKETS)) {
    const [raw, , inside = ''] = match;
    // A raised ref stands close to its word.
    const before = text.slice(at, match.index).replace(/ $/, '');
    const space = text.slice(at, match.index).length - before.length;
    if (before !== '') pieces.push(before);
    pieces.push({ names: inside.toUpperCase().match(/M\d+/g) ?? [], raw: `${' '.repeat(space)}${raw}` });
    at = match.index + raw.length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}
