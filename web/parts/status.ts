/**
 * The words of states of runs and nodes. Colour is attention: only what needs the user fills an area; each state also
 * has a glyph and a word.
 */
export type StatusLook = 'waiting' | 'working' | 'needs-you' | 'done' | 'failed' | 'stopped';

const LOOKS: Record<string, { word: string; look: StatusLook }> = {
  queued: { word: 'Queued', look: 'waiting' },
  pending: { word: 'Waiting for others', look: 'waiting' },
  ready: { word: 'Starting', look: 'waiting' },
  waiting: { word: 'Waiting', look: 'waiting' },
  paused: { word: 'Paused', look: 'waiting' },
  running: { word: 'Working', look: 'working' },
  waiting_input: { word: 'Needs you', look: 'needs-you' },
  completed: { word: 'Done', look: 'done' },
  failed: { word: 'Failed', look: 'failed' },
  skipped: { word: 'Skipped', look: 'stopped' },
  cancelled: { word: 'Cancelled', look: 'stopped' },
  cost_exceeded: { word: 'Budget used up', look: 'failed' },
};

/** Returns the word and look of a state. A state that this console does not know is shown as it is called. */
export function lookOf(status: string): { word: string; look: StatusLook } {
  return LOOKS[status] ?? { word: status.replaceAll('_', ' '), look: 'waiting' };
}
