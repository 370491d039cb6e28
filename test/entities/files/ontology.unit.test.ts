import { describe, expect, test } from 'vitest';
import { pathChooser } from '../../../functions/entities/files/entity-name.ts';
import { followUpsIn } from '../../../functions/entities/files/follow-ups.ts';
import {
  isEntityPath,
  kindOfPath,
  kindOfType,
  kindsOf,
  Ontology,
  typeOfFile,
} from '../../../functions/entities/files/ontology.ts';
import { followUpStatus, statusesOf, statusOf } from '../../../functions/entities/files/status.ts';

describe('kinds', () => {
  test('each kind has its own folder, and is found by folder, by name and by other words', () => {
    expect(kindsOf('personal')).toEqual(['person', 'context', 'event']);
    expect(kindsOf('corporate')).toEqual(['person', 'project', 'external', 'decision']);
    for (const ontology of Ontology.options) {
      for (const kind of kindsOf(ontology)) {
        const path = pathChooser(ontology, [], () => undefined)(kind, 'X');
        expect([isEntityPath(path), kindOfPath(path), kindOfType(ontology, kind)]).toEqual([
          true,
          { ontology, kind },
          kind,
        ]);
      }
    }
    expect(
      ['People', 'human', 'projects', 'MEETING', 'spaceship', ''].map((type) => kindOfType('personal', type)),
    ).toEqual(['person', 'person', 'context', 'event', undefined, undefined]);
    expect(['vendor', 'ADR', 'team'].map((type) => kindOfType('corporate', type))).toEqual([
      'external',
      'decision',
      'project',
    ]);
    expect(kindOfPath('profile.md')).toBeUndefined();
  });

  test('the type of a file is the kind its type means, the kind of its folder without a type, or an unknown word unchanged', () => {
    const path = 'entities/external/acme.md';
    expect([
      typeOfFile(path, '---\ntype: Vendor\n---\n'),
      typeOfFile(path, '### X\n'),
      typeOfFile(path, '---\ntype: Ship\n---\n'),
    ]).toEqual(['external', 'external', 'ship']);
  });
});

describe('statuses', () => {
  test.each([
    ['corporate', 'project', 'Active (since May)', 'active'],
    ['corporate', 'project', 'not started', 'planned'],
    ['corporate', 'project', 'On-Hold', 'blocked'],
    ['corporate', 'project', 'blocked by the bank', 'blocked'],
    ['corporate', 'project', 'shipped.', 'done'],
    // An unknown text closes nothing.
    ['corporate', 'project', 'done, I think', undefined],
    ['corporate', 'project', 'not done', undefined],
    ['corporate', 'project', 'done?', undefined],
    ['corporate', 'decision', 'approved', 'accepted'],
    ['corporate', 'decision', 'replaced', 'superseded'],
    ['corporate', 'external', 'lead', 'prospect'],
    ['corporate', 'person', 'alumni', 'left'],
    ['personal', 'event', 'took place', 'happened'],
    ['personal', 'context', 'Completed', 'done'],
    ['personal', 'person', 'active', undefined],
    ['personal', 'event', '', undefined],
  ] as const)('%s %s "%s" is %s', (ontology, kind, words, status) => {
    expect(statusOf(ontology, kind, words)).toBe(status);
  });

  test('recognises every status of every kind; a follow-up with an unknown status is not closed', () => {
    for (const ontology of Ontology.options)
      for (const kind of kindsOf(ontology))
        for (const status of statusesOf(ontology, kind)) expect(statusOf(ontology, kind, status)).toBe(status);
    expect(['todo', 'WIP', 'waiting', 'done', 'cancelled', 'maybe'].map(followUpStatus)).toEqual([
      { status: 'open', isClosed: false },
      { status: 'in_progress', isClosed: false },
      { status: 'blocked', isClosed: false },
      { status: 'done', isClosed: true },
      { status: 'cancelled', isClosed: true },
      { status: undefined, isClosed: false },
    ]);
  });
});

test('an invalid due day and markup stay part of the title of a follow-up', () => {
  const texts = new Map([
    [
      'profile.md',
      '### Open\n- **[open]** Call — now — [[memories/people/leo.md|Leo]], due 2026-02-30\n- **[open]** <b>x</b>\n',
    ],
  ]);
  expect(followUpsIn(texts).map(({ title, due }) => [title, due])).toEqual([
    ['Call — now', null],
    ['<b>x</b>', null],
  ]);
});
