import { type ComputedRef, computed, type ShallowRef, shallowRef } from 'vue';
import type { ReadyUpload, UploadServer } from '../api/upload.ts';
import { attachmentsText as text } from '../text/attachments.ts';

/**
 * Files that are attached to a message: picked, pasted or dropped, then hashed, sent and checked one beside another. A
 * message can be sent when none is on its way.
 */

export type AttachmentState =
  | { kind: 'reading' }
  /** `share` of the bytes, from 0 to 1. */
  | { kind: 'sending'; share: number }
  | { kind: 'checking' }
  | { kind: 'ready'; upload: ReadyUpload }
  | { kind: 'failed'; why: string; canRetry: boolean };

export interface Attachment {
  key: number;
  file: File;
  state: AttachmentState;
}

export interface Attachments {
  items: Readonly<ShallowRef<readonly Attachment[]>>;
  /** Whether one is on its way. */
  isBusy: ComputedRef<boolean>;
  /** The uploads that are ready, in their order. */
  ready: ComputedRef<readonly ReadyUpload[]>;
  /** Why the last files were not added, or an empty text. */
  refusal: Readonly<ShallowRef<string>>;
  add(files: Iterable<File>): void;
  /** Tries a failed one again. What was sent already is not sent again. */
  retry(key: number): void;
  /** Cancels it if it is on its way, and deletes what the server has of it. */
  remove(key: number): void;
  /** Forgets all, for a message that was sent with them. The server keeps them. */
  clear(): void;
}

/** The way of a file to the server. */
interface Course {
  file: File;
  stop: AbortController;
  /** The upload that was started. */
  id?: string;
  isSent: boolean;
  show(state: AttachmentState): void;
}

/** Attaches files to one message, at most `most`. */
export function createAttachments(server: UploadServer, most: number): Attachments {
  const items = shallowRef<readonly Attachment[]>([]);
  const refusal = shallowRef('');
  const courses = new Map<number, Course>();
  let nextKey = 0;

  function add(file: File) {
    const key = nextKey++;
    const show = (state: AttachmentState) => {
      items.value = items.value.map((item) => (item.key === key ? { ...item, state } : item));
    };
    const course: Course = { file, stop: new AbortController(), isSent: false, show };
    courses.set(key, course);
    items.value = [...items.value, { key, file, state: { kind: 'reading' } }];
    if (file.size === 0) show({ kind: 'failed', why: text.empty, canRetry: false });
    else void run(server, course);
  }

  return {
    items,
    refusal,
    isBusy: computed(() => items.value.some(({ state }) => state.kind !== 'ready' && state.kind !== 'failed')),
    ready: computed(() => items.value.flatMap(({ state }) => (state.kind === 'ready' ? [state.upload] : []))),
    add: (files) => {
      const given = [...files];
      const room = Math.max(0, most - items.value.length);
      refusal.value = given.length > room ? text.tooMany(most) : '';
      for (const file of given.slice(0, room)) add(file);
    },
    retry: (key) => {
      const state = items.value.find((item) => item.key === key)?.state;
      const course = courses.get(key);
      if (state?.kind === 'failed' && state.canRetry && course !== undefined) void run(server, course);
    },
    remove: (key) => {
      const course = courses.get(key);
      items.value = items.value.filter((item) => item.key !== key);
      refusal.value = '';
      courses.delete(key);
      course?.stop.abort(new Error('removed'));
      discard(server, course?.id);
    },
    clear: () => {
      items.value = [];
      courses.clear();
    },
  };
}

async function run(server: UploadServer, course: Course): Promise<void> {
  const { stop, show } = course;
  try {
    if (!course.isSent) await send(server, course);
    show({ kind: 'checking' });
    const upload = await server.finish(course.id ?? '', stop.signal);
    if (upload.status === 'ready') show({ kind: 'ready', upload });
    else show({ kind: 'failed', why: upload.status === 'failed' ? upload.error : '', canRetry: false });
  } catch (error) {
    if (!stop.signal.aborted) show({ kind: 'failed', ...reasonOf(error) });
  }
}

async function send(server: UploadServer, course: Course): Promise<void> {
  const { file, show } = course;
  const { signal } = course.stop;
  // What a first try has left.
  discard(server, course.id);
  show({ kind: 'reading' });
  const sha256 = await hashOf(file);
  signal.throwIfAborted();
  const { id, request } = await server.start(file, sha256, signal);
  course.id = id;
  if (signal.aborted) discard(server, id);
  signal.throwIfAborted();
  show({ kind: 'sending', share: 0 });
  await server.send(request, file, (share) => show({ kind: 'sending', share }), signal);
  course.isSent = true;
}

/** What is not deleted here is swept by the server after a day. */
function discard(server: UploadServer, id: string | undefined): void {
  if (id !== undefined) server.remove(id).catch(() => undefined);
}

/** The SHA-256 of a file in hexadecimal digits: the server compares it with what arrives. */
async function hashOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Error(text.unreadable);
  });
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A refusal of the server, such as 415, is the same at the second try. Anything else may pass. */
function reasonOf(error: unknown): { why: string; canRetry: boolean } {
  const isTemporary = !(error instanceof Error && 'isTemporary' in error) || error.isTemporary === true;
  return { why: error instanceof Error ? error.message : String(error), canRetry: isTemporary };
}
