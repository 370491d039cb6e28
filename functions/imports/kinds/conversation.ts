import { Tags, Title, titleOf } from '../../chat/chat.ts';
import {
  compareImportedConversation,
  type EarlierConversation,
  findImportedHashes,
  type ImportedComparison,
  type ImportedField,
  writeImportedConversation,
} from '../../chat/import-conversation.ts';
import type { ImportedConversation, ImportedMessage } from '../../chat/imported.ts';
import { type ImageFile, inspectImage, type PreparedImage, prepareImage } from '../../documents/prepare-image.ts';
import { cutText } from '../../platform/cut-text.ts';
import { Problem } from '../../platform/errors.ts';
import { ModelText } from '../../runs/run.ts';
import { isFields, OF_THE_EXPORT } from '../reading/recognise.ts';
import { changeTime, isTrue, pastTime, textOf, textsOf, without } from './fields.ts';
import type { EarlierItem, ImportScope, ParsedItem, ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';
import { type ReadMessage, readMessages } from './messages.ts';

/** A conversation that is read, with its images beside it. */
export type ReadConversation = Omit<ImportedConversation, 'messages'> & { messages: ReadMessage[] };

const MOST_TAGS = 20;
const LONGEST_TAG = 50;

/**
 * Reads a conversation of ApexAurum. Tags and marks stand under `metadata` in its own files and at the top in others;
 * both are read. A system prompt becomes the first message.
 */
export const parseConversation: ParseItem = (value, key) => {
  const metadata = isFields(value.metadata) ? value.metadata : {};
  if (!Array.isArray(value.messages)) throw new UnreadableItem('`messages` is missing, or no list.');
  const created = pastTime(value.created_at);
  const first: unknown = value.messages[0];
  const firstSaidAt = isFields(first) ? pastTime(first.timestamp).time : undefined;
  const createdAt = created.time ?? firstSaidAt ?? new Date().toISOString();
  const prompt = textOf(value.system_prompt);
  const list = [...(prompt === undefined ? [] : [{ role: 'system', content: prompt }]), ...value.messages];
  if (list.length === 0) throw new UnreadableItem('`messages` is empty: there is nothing to import.');
  const { messages, notes, rest } = readMessages(list, createdAt);
  if (messages.length === 0) throw new UnreadableItem('None of its `messages` has text in `content`.');
  const tags = [...new Set([...textsOf(metadata.tags), ...textsOf(value.tags)])];
  const kept = tags.map((tag) => cutText(tag, LONGEST_TAG).trim()).slice(0, MOST_TAGS);
  const model = modelOf(value, metadata);
  const updated = pastTime(value.updated_at);
  const said = messages.find((message) => message.role === 'user' && message.content.trim() !== '')?.content;
  const title = Title.safeParse(cutText(textOf(value.title) ?? titleOf(said ?? ''), 200)).data ?? 'Untitled';
  const conversation: ReadConversation = {
    title,
    model,
    tags: Tags.parse(kept),
    favorite: isTrue(metadata.favorite) || isTrue(value.favorite),
    archived: isTrue(metadata.archived) || isTrue(value.archived),
    createdAt,
    updatedAt: updated.time ?? messages.at(-1)?.createdAt ?? createdAt,
    messages,
  };
  const other = without(metadata, 'tags', 'favorite', 'archived', ...(model === undefined ? [] : ['model_used']));
  return conversationItem(conversation, {
    sourceId: textOf(value.id) ?? key,
    updatedAt: changeTime(value.updated_at),
    notes: [
      ...notes,
      ...(created.isFuture || updated.isFuture ? ['Its time is in the future; it was taken as now.'] : []),
    ],
    rest: {
      ...without(value, ...KNOWN, ...OF_THE_EXPORT),
      ...(model === undefined && value.model !== undefined ? { model: value.model } : {}),
      ...(created.isFuture ? { created_at: value.created_at } : {}),
      ...(updated.isFuture ? { updated_at: value.updated_at } : {}),
      ...(Object.keys(other).length > 0 ? { metadata: other } : {}),
      ...(kept.join('\n') === tags.join('\n') ? {} : { tags }),
      ...(Object.keys(rest).length > 0 ? { messages: rest } : {}),
    },
  });
};

const KNOWN = [
  ...['id', 'title', 'messages', 'system_prompt', 'created_at', 'updated_at'],
  ...['tags', 'favorite', 'archived', 'metadata', 'model'],
];

/** Returns the item of a conversation that is read from any source. */
export function conversationItem(
  conversation: ReadConversation,
  about: Pick<ParsedItem, 'sourceId' | 'updatedAt' | 'notes' | 'rest'>,
): ParsedItem {
  return {
    ...about,
    title: conversation.title,
    check: async (scope, earlier) => {
      const known = earlierOf(earlier);
      const comparison = known && (await compareImportedConversation(scope.scoped, conversation, known));
      if (known !== undefined && comparison === undefined) return { skipped: DELETED };
      const faults: string[] = [];
      for (const { at, images } of await changedMessages(scope, conversation, known))
        await eachImage(images, at, faults, (image) => inspectImage(image, scope.signal));
      return { notes: [...faults, ...(comparison === undefined ? [] : whatStays(comparison, conversation))] };
    },
    prepare: async (scope, earlier) => {
      const known = earlierOf(earlier);
      const changed = new Set(await changedMessages(scope, conversation, known));
      const images: PreparedImage[] = [];
      const faults: string[] = [];
      const messages: ImportedMessage[] = [];
      for (const read of conversation.messages) {
        const { images: found, ...message } = read;
        const stored = await eachImage(changed.has(read) ? found : [], message.at, faults, (image) =>
          prepareImage(scope.scoped, image, scope.signal),
        );
        images.push(...stored);
        messages.push({ ...message, attachments: stored.map(({ finish: _, ...attachment }) => attachment) });
      }
      return async (transaction) => {
        const written = await writeImportedConversation(transaction, { ...conversation, messages }, known);
        if (written === undefined) return { skipped: DELETED };
        for (const image of images) await image.finish(transaction);
        const { id, fields, comparison } = written;
        return { targetId: id, fields, note: [...faults, ...whatStays(comparison, conversation)].join(' ') };
      };
    },
  };
}

const DELETED = 'You have deleted the conversation here since it was imported.';

function earlierOf(earlier: EarlierItem | undefined): EarlierConversation | undefined {
  return earlier && { id: earlier.targetId, fields: earlier.fields };
}

/** Says what of a conversation is not as the file has it, because it has changed here or the file lacks it. */
function whatStays({ kept, missing, aside }: ImportedComparison, { archived }: ReadConversation): string[] {
  const sentences: Record<ImportedField, string> = {
    title: 'You renamed it here: the name stays.',
    tags: 'You changed its tags here: they stay.',
    favorite: 'You changed here whether it is a favourite: that stays.',
    archived: archived ? 'You took it out of the archive here: it stays out.' : 'You archived it here: it stays there.',
  };
  return [
    ...kept.map((field) => sentences[field]),
    ...(missing === 1 ? ['1 message of an earlier import is not in this file. It stays.'] : []),
    ...(missing > 1 ? [`${missing} messages of an earlier import are not in this file. They stay.`] : []),
    ...(aside === 0
      ? []
      : [`It goes on in another way here: new messages of the file (${aside}) are a branch beside that.`]),
  ];
}

/** Returns the messages that an earlier import has not written as they are now. */
async function changedMessages(
  { scoped }: ImportScope,
  { messages }: ReadConversation,
  earlier: EarlierConversation | undefined,
): Promise<ReadMessage[]> {
  if (earlier === undefined) return messages;
  const known = await findImportedHashes(scoped, earlier.id);
  return messages.filter(({ at, hash }) => known.get(at) !== hash);
}

/** Calls `take` for each image of a message. An image that is refused becomes a fault. */
async function eachImage<Taken>(
  found: ReadMessage['images'],
  at: number,
  faults: string[],
  take: (image: ImageFile) => Promise<Taken>,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const [index, data] of found.entries()) {
    try {
      taken.push(await take({ name: `imported-${at + 1}-${index + 1}`, bytes: Buffer.from(data, 'base64') }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      faults.push(`An image of message ${at + 1} was not kept: ${error.message}`);
    }
  }
  return taken;
}

/** Returns the model as this product names it; undefined when it has no such provider. */
function modelOf(value: Record<string, unknown>, metadata: Record<string, unknown>): string | undefined {
  const named = textOf(metadata.model_used) ?? textOf(value.model) ?? '';
  const provider = ['claude', 'gemini'].find((name) => named.startsWith(name));
  const ours = named.includes('/') ? named : provider === undefined ? '' : `${provider}/${named}`;
  return ModelText.safeParse(ours).success ? ours : undefined;
}
