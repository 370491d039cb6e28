import { readFileOf } from '../of-any-run/read-file.ts';

export const readRunFile = readFileOf('run');
