/** Starts every final answer of the rehearsal, so that nobody takes it for a model's answer. */
export const SCRIPTED_NOTICE = '[Scripted rehearsal: no model was called.]';

/** Starts the part of an answer that names remembered facts. It is shown to the user and not learned again. */
export const REMEMBERED_PREFIX = '\n\nRemembered from earlier sprints: ';

/** Removes the notes of the rehearsal from a report, so that they are not learned. A model's report does not change. */
export function withoutRehearsalNotes(report: string): string {
  if (!report.startsWith(SCRIPTED_NOTICE)) return report;
  return (report.slice(SCRIPTED_NOTICE.length).split(REMEMBERED_PREFIX)[0] ?? '').trim();
}
