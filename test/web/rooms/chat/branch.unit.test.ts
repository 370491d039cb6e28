import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../web/rooms/chat/chat.ts';
import { inOrderOf, placeNotes } from '../../../../web/rooms/chat/margin/place-notes.ts';
import { EMPTY_BRANCH, withNewest, withOlder, withSent } from '../../../../web/rooms/chat/talk/branch.ts';

const message = (id: string, parent: string | null) => ({ id, parent_id: parent }) as Message;
const page = (next: string | null, ...items: Message[]) => ({ items, next_cursor: next });
const idsOf = ({ messages }: { messages: readonly Message[] }) => messages.map(({ id }) => id).join('');
const [a, b, c, d] = [message('a', null), message('b', 'a'), message('c', 'b'), message('d', 'c')];

describe('the branch of a conversation', () => {
  it('keeps older messages when the newest page continues them', () => {
    const older = withOlder(withNewest(EMPTY_BRANCH, page('x', c, d)), page(null, a, b));
    expect(idsOf(older)).toBe('abcd');
    const edited = message('e', 'b');
    const renewed = withNewest(older, page('y', edited));
    expect([idsOf(renewed), renewed.older]).toEqual(['abe', null]);
  });

  it('begins anew with a page of another branch', () => {
    const other = message('z', 'q');
    expect(withNewest({ messages: [a, b], older: null }, page('next', other))).toEqual({
      messages: [other],
      older: 'next',
    });
  });

  it('ignores an older page that does not end where the branch begins', () => {
    const branch = { messages: [c, d], older: 'x' };
    expect(withOlder(branch, page(null, a))).toBe(branch);
  });

  it('drops what stood after the parent when a message is asked again', () => {
    const [question, answer] = [message('q', 'b'), message('r', 'q')];
    expect(idsOf(withSent({ messages: [a, b, c, d], older: null }, question, answer))).toBe('abqr');
    expect(idsOf(withSent({ messages: [a, b], older: null }, message('q', null), answer))).toBe('qr');
  });
});

describe('notes in the margin', () => {
  it('stand at the height of their refs, and move down where they would lie on another', () => {
    const notes = [
      { top: 10, height: 50 },
      { top: 20, height: 30 },
      { top: 300, height: 30 },
    ];
    expect(placeNotes(notes)).toEqual({ tops: [10, 70, 300], end: 340 });
  });

  it('stand in the order of the text, those that were only at hand not among them', () => {
    const notes = ['M1', 'M2', 'M12', 'M3'].map((name) => ({ ref: name, cited: name !== 'M2' }));
    const order = inOrderOf(notes, 'First [M12], then [m3] and [M1, M3].').map((note) => note.ref);
    expect(order).toEqual(['M12', 'M3', 'M1']);
  });
});
