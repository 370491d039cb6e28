import type { SuppliedMemory } from './supplied-memory.ts';

const REF = 'm[1-9][0-9]{0,2}';
/**
 * Refs in brackets, alone or several: `[M1]`, `[M1, M3]`, `[M1 and M3]`, `[^M1]`. Some models write the brackets of
 * their training (`【M1】`), smaller ones round brackets. A ref without brackets is none: M1 is also a motorway. Every
 * repetition has a bound, so the time is linear.
 */
const BRACKETS = new RegExp(`([[(【])\\^?(${REF}(?:[ ,;&/]{1,3}(?:and )?${REF}){0,19})[\\])】]`, 'gi');
const WITH_SPACE = new RegExp(` ?${BRACKETS.source}`, 'gi');
/** Code, in which `[M1]` is an index. A block that is not closed ends with the text. */
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]{0,500}`/g;

/**
 * Returns the refs that an answer cites and that were supplied, and those that were not, each once and in the order of
 * the answer. Round brackets cite only what was supplied: `(M3)` may be a name.
 */
export function checkRefs(
  answer: string,
  supplied: readonly Pick<SuppliedMemory, 'ref'>[],
): { cited: string[]; unknown: string[] } {
  const known = new Set(supplied.map(({ ref }) => ref));
  const [cited, unknown] = [new Set<string>(), new Set<string>()];
  for (const [, bracket, inside = ''] of answer.replaceAll(CODE, '').matchAll(BRACKETS)) {
    for (const ref of inside.toUpperCase().match(/M\d+/g) ?? []) {
      if (known.has(ref)) cited.add(ref);
      else if (bracket !== '(') unknown.add(ref);
    }
  }
  return { cited: [...cited], unknown: [...unknown] };
}

/** Returns an answer without its refs, for a reader who does not see what they point to. */
export function withoutRefs(answer: string): string {
  return answer.replaceAll(WITH_SPACE, (all, bracket: string) => (bracket === '(' ? all : ''));
}
