import { notify } from '../parts/announce.ts';
import { text } from '../text/en.ts';

/**
 * A page or part whose file is gone, because a release replaced it, is loaded with the page of the new release: once a
 * release and tab. Otherwise, for example without a connection, the user is told and what is shown stays.
 */

const MARK = 'apexflow.reloaded';
const NOT_LOADED = /dynamically imported module|importing a module script|preload CSS|error loading|MIME type/i;

/** Handles an error of loading code; `path` is the page to show. Returns false for every other error. */
export function handleLoadFailure(error: unknown, path: string): boolean {
  if (!NOT_LOADED.test(String(error))) return false;
  void reloadIfReplaced(path);
  return true;
}

async function reloadIfReplaced(path: string): Promise<void> {
  const entry = document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? '';
  const page = await fetch('/', { cache: 'no-cache' })
    .then((response) => (response.ok ? response.text() : undefined))
    .catch(() => undefined);
  if (page === undefined || page.includes(entry) || sessionStorage.getItem(MARK) === entry)
    return notify(text.notLoaded, 'failed');
  sessionStorage.setItem(MARK, entry);
  // An address that differs by its hash alone is not loaded anew.
  if (path === location.pathname + location.search + location.hash) location.reload();
  else location.assign(path);
}
