import { text } from '../text/en.ts';
import { announce, notify } from './announce.ts';

/**
 * Copies a text and says so to screen readers. Returns false when the browser has no clipboard or refuses it; the user
 * is told so, and `shown`, the element that shows the text, is selected to be copied by hand.
 */
export async function copyText(value: string, shown?: Element | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    announce(text.copied);
    return true;
  } catch {
    if (shown) getSelection()?.selectAllChildren(shown);
    notify(shown ? text.notCopiedSelected : text.notCopied, 'failed');
    return false;
  }
}
