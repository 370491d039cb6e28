/** The browser may read the file after the click has returned. */
const KEPT_MS = 60_000;

/** Saves bytes as a file on the user's disk. The console never opens them. */
export function saveFile(bytes: Blob, name: string): void {
  // Bytes of unknown kind: whatever a file is called, the browser saves it and displays nothing.
  const file = new Blob([bytes], { type: 'application/octet-stream' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
