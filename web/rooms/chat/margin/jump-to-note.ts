/**
 * Moves the focus from a ref or its message to the note beside it, and from a note back to its ref. Without a focus it
 * begins with the last note.
 */
export function jumpToNote(): void {
  const focused = document.activeElement;
  const note = focused?.closest<HTMLElement>('[data-note]');
  const row = focused?.closest('.talk-row') ?? [...document.querySelectorAll('.talk-row:has([data-note])')].at(-1);
  if (!row) return;
  const refIn = (name: string) => row.querySelector<HTMLElement>(`sup [data-ref="${CSS.escape(name)}"]`);
  if (note?.dataset.note) {
    refIn(note.dataset.note)?.focus();
    return;
  }
  const name = focused instanceof HTMLElement ? focused.dataset.ref : undefined;
  const target = name === undefined ? '[data-note]' : `[data-note="${CSS.escape(name)}"]`;
  row.querySelector<HTMLElement>(target)?.focus();
}
