import { formatBytes } from './format.ts';

/** The words of attached files. */
export const attachmentsText = {
  attach: 'Attach files',
  list: 'Attached files',
  drop: 'Drop files here to attach them',
  reading: 'reading',
  sending: (share: number): string => `sending, ${Math.round(share * 100)} %`,
  checking: 'checking',
  progress: (name: string): string => `Progress of ${name}`,
  remove: (name: string): string => `Remove ${name}`,
  cancel: (name: string): string => `Cancel ${name}`,
  retry: (name: string): string => `Try ${name} again`,
  size: formatBytes,
  picture: (name: string): string => `Preview of ${name}`,
  empty: 'The file is empty.',
  tooMany: (most: number): string => `A message can have ${most} files.`,
  unreadable: 'The browser cannot read the file. Was it moved?',
  notSent: 'The file did not arrive. Check your connection.',
  refused: (status: number): string => `The store refused the file (${status}).`,
} as const;
