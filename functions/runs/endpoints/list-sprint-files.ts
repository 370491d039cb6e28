import { listFilesOf } from '../of-any-run/list-files.ts';

export const listSprintFiles = listFilesOf('sprint');
