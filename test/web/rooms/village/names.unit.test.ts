import { expect, test } from 'vitest';
import { createNames } from '../../../../web/rooms/village/names.ts';

test('agents of one name are called with whose they are, others by their name alone', () => {
  const agents = [
    { id: 'villager_1', name: 'researcher', owner: 'Dana', is_own: false },
    { id: 'villager_2', name: 'researcher', owner: 'Ada', is_own: true },
    { id: 'villager_3', name: 'planner', owner: 'Ada', is_own: true },
    // A user calls themselves as they like: no character turns the direction of what follows.
    { id: 'villager_4', name: 'researcher', owner: '\u202eEve', is_own: false },
  ];
  const nameOf = createNames(agents);
  expect(agents.map(nameOf)).toEqual(['researcher · Dana', 'researcher · you', 'planner', 'researcher · \\u202eEve']);
  expect(nameOf({ id: 'villager_5', name: 'unheard' })).toBe('unheard');
});
