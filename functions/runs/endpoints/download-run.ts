import { downloadOf } from '../of-any-run/download.ts';

export const downloadRun = downloadOf('run');
