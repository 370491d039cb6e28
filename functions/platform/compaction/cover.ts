import { z } from 'zod';

/**
 * Which messages a summary replaces: all up to the message with the key `through`, but those of `except`, which were
 * pinned. `messages` is how many. It grows only with the pinned ones, however long the conversation is.
 */
export const Cover = z.object({
  through: z.string(),
  except: z.array(z.string()),
  messages: z.int().nonnegative(),
});
export type Cover = z.infer<typeof Cover>;

/** The part of `CompactionInput` that says what is covered. */
interface Keyed {
  messages: readonly unknown[];
  keyOf?: (index: number) => string;
  earlier?: { covers: Cover } | undefined;
}

/**
 * Returns the indices of the messages that the earlier summary covers. None when the conversation was given without
 * its beginning, and the message `through` with it.
 */
export function coveredBy({ messages, keyOf = String, earlier }: Keyed): Set<number> {
  if (earlier === undefined) return new Set();
  const { through, except } = earlier.covers;
  const keys = messages.map((_, index) => keyOf(index));
  const isException = new Set(except);
  return new Set(
    [...keys.keys()].slice(0, keys.indexOf(through) + 1).filter((index) => !isException.has(keys[index] ?? '')),
  );
}

/** Returns the cover of a summary that replaces more messages than the earlier one. */
export function extendCover(input: Keyed, added: readonly number[]): Cover {
  const { keyOf = String, earlier } = input;
  const covered = new Set([...coveredBy(input), ...added]);
  const last = Math.max(...covered);
  const except = Array.from({ length: last }, (_, index) => index).filter((index) => !covered.has(index));
  return {
    through: keyOf(last),
    except: except.map(keyOf),
    messages: (earlier?.covers.messages ?? 0) + added.length,
  };
}
