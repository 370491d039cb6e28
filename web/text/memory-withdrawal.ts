import { plural } from './format.ts';

/** The words of taking memory back: reverting a source, and erasing. */
export const withdrawal = {
  revert: {
    title: 'Take a source back',
    lead: 'Nothing has changed yet: this shows what would change.',
    leaves: 'What leaves',
    leavesNone: 'Nothing leaves.',
    returns: 'What comes back',
    returnsNone: 'Nothing comes back: no older text or fact was replaced.',
    why: {
      own: 'came from this source',
      influenced: 'a run had a fact of this source in front of it',
      text_gone: 'the text that it changed is gone without the source',
      says_what_is_gone: 'it says what only this source said',
      run_was_influenced: 'the run had something of this source in front of it',
      conflict: 'it cannot be told apart from the text of this source',
    },
    ops: { create: 'a new file', append: 'a new block', replace: 'a changed text', merge: 'a merged text' },
    facts: 'Facts',
    later: 'Later changes that rest on it',
    touched: 'What else is touched',
    weakened: (count: number) =>
      count === 1
        ? '1 fact lost one confirmation and stays.'
        : `${plural(count, 'fact')} lost one confirmation each and stay.`,
    ofOthers: (files: number, people: number) =>
      `Files of others: ${plural(files, 'file')} of ${plural(people, 'person', 'people')} change, too. What is in them is not shown to you.`,
    waiting: (count: number) =>
      `${plural(count, 'session')} waiting for a decision: ${count === 1 ? 'it is' : 'they are'} proposed again, or dropped when from this source.`,
    noneElse: 'Nothing else.',
    nothing: 'Nothing of this source is left in memory.',
    nothingHint: 'It did nothing, or it was taken back before.',
    button: (changes: number, files: number) =>
      files === 0
        ? `Take back ${plural(changes, 'change')}`
        : `Take back ${plural(changes, 'change')} in ${plural(files, 'file')}`,
    keeps: 'The history stays: the time bar still shows what was known. The source is not learned again.',
    pastHint: 'It acts on memory as it is now.',
    receipt: 'Taken back',
    receiptFacts: (removed: number, restored: number) =>
      `${plural(removed, 'fact')} left, ${plural(restored, 'fact')} came back.`,
    receiptFiles: (files: number) => `${plural(files, 'file')} changed.`,
    receiptStaged: (dropped: number, restaged: number) =>
      `${plural(dropped, 'waiting session')} dropped, ${plural(restaged, 'waiting session')} proposed again.`,
    look: 'Look at memory',
    sources: 'All sources',
    commit: 'Recorded as commit',
    eraseToo: 'Should its words be gone from the history, too? Erase it for good.',
  },
  erase: {
    title: 'Erase memory',
    source: 'This source',
    self: 'All of your memory',
    subjectOf: (name: string) => `The memory of ${name}`,
    what: 'What is erased',
    whatSelf:
      'Facts with their vectors and evidence, conversations, entity files with their whole history, keys and preferences.',
    whatSource:
      'What came from this source: facts, turns, and each commit of entity files from its first one on, which is made anew without it.',
    everything: 'Also my runs, files, chats and documents',
    cannot: 'What cannot be undone',
    cannotList: [
      'There is no preview, no backup in this product, and no way back.',
      'Moments of the past no longer show it: the time bar loses it, too.',
      'A linked repository keeps its old history until you delete it there, and is unlinked.',
    ],
    keeps: 'Your account, the record of costs and the audit log stay.',
    revertInstead: 'To keep the history, take the source back instead.',
    type: (name: string) => `Type ${name} to erase it`,
    typeHint: 'Exactly as it is written.',
    button: 'Erase for good',
    receipt: 'Erased',
    receiptRows: (rows: number) => `${plural(rows, 'row')} deleted.`,
    receiptRedacted: (count: number) =>
      `${plural(count, 'prompt or answer', 'prompts and answers')} of runs blackened.`,
    receiptBlobs: (count: number) => `${plural(count, 'stored file')} deleted.`,
    receiptCommits: (count: number) => `${plural(count, 'commit')} made anew.`,
    linked: 'This repository was linked and still has the old history:',
    table: 'Rows by table',
    running: 'While one of your runs works, erasing everything is refused.',
  },
} as const;
