import type { Message } from '../chat.ts';

/** The messages of a conversation that are loaded: the end of the branch that is shown, oldest first. Pure. */
export interface Branch {
  messages: readonly Message[];
  /** The cursor of the page before the first message; null when there is none. */
  older: string | null;
}

interface Page {
  items: readonly Message[];
  next_cursor: string | null;
}

export const EMPTY_BRANCH: Branch = { messages: [], older: null };

/** Returns the branch that ends with the newest page. Older messages stay when the page continues them. */
export function withNewest(branch: Branch, page: Page): Branch {
  const [first] = page.items;
  const at = first === undefined ? -1 : branch.messages.findIndex(({ id }) => id === first.parent_id);
  if (at < 0 || first?.parent_id === null) return { messages: page.items, older: page.next_cursor };
  return { messages: [...branch.messages.slice(0, at + 1), ...page.items], older: branch.older };
}

/** Returns the branch with the page before it. A page that does not end at its start, of another branch, is ignored. */
export function withOlder(branch: Branch, page: Page): Branch {
  const [first] = branch.messages;
  if (first === undefined || page.items.at(-1)?.id !== first.parent_id) return branch;
  return { messages: [...page.items, ...branch.messages], older: page.next_cursor };
}

/** Returns the branch with a message as it is now. */
export function withMessage(branch: Branch, message: Message): Branch {
  if (!branch.messages.some(({ id }) => id === message.id)) return branch;
  return { ...branch, messages: branch.messages.map((known) => (known.id === message.id ? message : known)) };
}

/** Returns the branch after a message was sent: what stood after its parent belongs to another version. */
export function withSent(branch: Branch, question: Message, answer: Message): Branch {
  const parent = question.parent_id;
  const at = branch.messages.findIndex(({ id }) => id === parent);
  return at < 0
    ? { messages: [question, answer], older: null }
    : { ...branch, messages: [...branch.messages.slice(0, at + 1), question, answer] };
}
