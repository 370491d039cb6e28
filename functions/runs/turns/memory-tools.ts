/**
 * The tools whose output shows what only the run's user may see, such as private facts and statements. Other readers of
 * the run do not get it.
 */
export const MEMORY_TOOLS: ReadonlySet<string> = new Set(['recall', 'read_notes', 'village_search']);
