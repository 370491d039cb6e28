import type { ItemKind } from '../import.ts';
import { parseConversation } from './conversation.ts';
import { parseFact } from './fact.ts';
import { parseGroupChat } from './group-chat.ts';
import type { ParseItem } from './kind.ts';
import { parseKnowledge } from './knowledge.ts';
import { parseMemoryKey } from './memory-key.ts';
import { parsePreferences } from './preferences.ts';
import { parseSession } from './session.ts';

/** How the items of a kind are read, or why this product has no place for them. */
export const KINDS: Record<ItemKind, ParseItem | string> = {
  conversation: parseConversation,
  group_chat: parseGroupChat,
  knowledge: parseKnowledge,
  thread: 'A thread comes with its statements.',
  memory_key: parseMemoryKey,
  fact: parseFact,
  preferences: parsePreferences,
  session: parseSession,
  agent: 'The agents of a process that has ended have no state to go on from; their results are in the conversations.',
  music_task: 'Music is not made here yet. Keep the file and its audio: a later version can read them.',
  presets: 'Presets set models and caches of ApexAurum; choose models in Settings.',
  analytics: 'Counts of another system are not mixed with the usage here.',
  settings: 'Settings of another system do not fit here; choose yours in Settings.',
  search_index: 'The search has an index of its own, which is made with the import.',
  dataset: 'The file describes a dataset and does not have its text. Upload the documents.',
  unknown: 'It is nothing that ApexAurum or ApexFlow exports.', // describeUnknown says more.
};
