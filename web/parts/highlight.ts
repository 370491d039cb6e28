import { isColourable, type Piece } from './highlight-lines.ts';

/**
 * Colours code when the page is idle. Answers undefined for a language that is not known and for code that could hold
 * up the page. There is no worker: Trusted Types `'none'` refuses the address of every worker.
 */
export async function highlight(text: string, language: string): Promise<Piece[][] | undefined> {
  if (language === '' || !isColourable(text)) return undefined;
  const { coloured } = await import('./highlighter.ts');
  await idle();
  return coloured(text, language);
}

/** Safari has no requestIdleCallback. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 1_000 });
    else setTimeout(resolve, 50);
  });
}
