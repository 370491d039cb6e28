import { plural } from './format.ts';

/** The words of the memory room's page about the health of facts and the notes for the next session. */
export const text = {
  title: 'Health',
  lead: (facts: number) =>
    `${plural(facts, 'fact')} of yours ${facts === 1 ? 'is' : 'are'} true now. Nothing here changes by itself: you merge, correct or delete.`,
  lists: 'What to look at',
  tabs: { duplicates: 'Said twice', stale: 'Stale', rarely_used: 'Rarely used', notes: 'Notes' },
  compared: (facts: number) => `Only your ${facts} newest facts were compared.`,

  days: 'Not used for',
  dayCount: (days: number) => plural(days, 'day'),
  unused: {
    staleHint: 'Nobody used, stated or changed these facts for so long. Are they still true?',
    rarely_usedHint: 'These facts are older than a week, and at most two runs or chats were shown them.',
    none: 'No fact is like this.',
    noneHint: 'Facts are listed here when no run and no chat needs them.',
  },
  uses: (count: number) => (count === 0 ? 'never used' : `used ${plural(count, 'time')}`),
  lastUse: 'last',

  duplicates: {
    hint: 'These pairs say the same. Keep the better wording: it takes over the sources and uses of the other.',
    none: 'No fact is said twice.',
    noneHint: 'Two facts of the same scope that say the same, in these or other words, are listed here as a pair.',
    pair: { same_words: 'Two facts, same words', reworded: 'Two facts, reworded' },
    keep: 'Keep this one',
    keepLabel: (fact: string) => `Keep this one: “${fact}”`,
    untrusted: 'An untrusted fact cannot replace a trusted one.',
    mergeTitle: 'Merge the two facts?',
    mergeHint: 'The kept fact replaces the other one from now on. Nothing is deleted, and you can take it back.',
    kept: 'Kept',
    replaced: 'Replaced by it',
    merge: 'Merge',
    merged: 'Merged into one fact.',
    takeBack: 'Take it back',
  },
  undo: {
    button: 'Take the merge back',
    done: 'The merge was taken back: both facts are true again.',
  },

  notes: {
    hint: 'What your workers and agents left for their next session. It is shown to them as data when they start.',
    none: 'Nobody left a note in the last 30 days.',
    noneHint: 'A worker leaves a note with the tool leave_note, a program with POST /memory/notes.',
    priorities: { high: 'high priority', medium: 'medium priority', low: 'low priority' },
    unfinished: 'Unfinished',
    discoveries: 'Found out',
    references: 'About',
    run: 'Open the run',
    delete: 'Delete',
    deleteLabel: (summary: string) => `Delete the note “${summary}”`,
    deleted: 'The note was deleted.',
  },
} as const;
