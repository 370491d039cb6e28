/** Where files come from: a dialog of the browser, the clipboard, and what is dragged over the page. */

/** Endings and types that the dialog offers first. The server decides by content. */
const OFFERED = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/*,.md,.csv,.json,.yaml,.yml,.log';

/** Opens the dialog of the browser. Returns no file when it was closed without a choice. Call it in a click. */
export function pickFiles(offered = OFFERED): Promise<File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = offered;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}

/**
 * Returns the files of a clipboard, such as a screenshot. A clipboard with text has none: office programs put a picture
 * beside a copied text.
 */
export function pastedFiles(clipboard: DataTransfer | null): File[] {
  return clipboard === null || clipboard.types.includes('text/plain') ? [] : filesIn(clipboard);
}

/** Returns the files that were dropped. A folder is left out. */
export function droppedFiles(transfer: DataTransfer | null): File[] {
  return transfer === null ? [] : filesIn(transfer);
}

/** Whether files are dragged, and not a text or a link of a page. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

function filesIn({ items }: DataTransfer): File[] {
  return [...items].flatMap((item) => {
    const isFolder = item.webkitGetAsEntry()?.isDirectory ?? false;
    const file = item.kind === 'file' && !isFolder ? item.getAsFile() : null;
    return file === null ? [] : [file];
  });
}
