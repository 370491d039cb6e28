/** Stands before every final answer of the rehearsal, so that nobody takes it for a model's. */
export const SCRIPTED_NOTICE = '[Scripted rehearsal: no model was called.]';

/** Begins what the rehearsal adds about its memories; it is said to the person and not learned again. */
export const REMEMBERED_PREFIX = '\n\nRemembered from earlier sprints: ';

/** A report without what the rehearsal says about itself: what can be learned from it. A model's report stays as it is. */
export function withoutRehearsalNotes(report: string): string {
  if (!report.startsWith(SCRIPTED_NOTICE)) return report;
  return (report.slice(SCRIPTED_NOTICE.length).split(REMEMBERED_PREFIX)[0] ?? '').trim();
}
