import { listLogsOf } from '../of-any-run/list-logs.ts';

export const listRunLogs = listLogsOf('run');
