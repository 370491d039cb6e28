import { listFilesOf } from '../of-any-run/list-files.ts';

export const listRunFiles = listFilesOf('run');
