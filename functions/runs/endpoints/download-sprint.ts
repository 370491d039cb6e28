import { downloadOf } from '../of-any-run/download.ts';

export const downloadSprint = downloadOf('sprint');
