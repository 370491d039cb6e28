const NOBODY = 65534;

/**
 * Continues as the user `nobody` if this process is root. Call it when everything is loaded, because root may own the
 * files.
 */
export function dropRights(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
