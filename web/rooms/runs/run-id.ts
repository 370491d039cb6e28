/** Returns the id of a run that an address has, or undefined when no run can have it: the server is then not asked. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^run_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(value) ? value : undefined;
}
