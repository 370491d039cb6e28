import { listLogsOf } from '../of-any-run/list-logs.ts';

export const listSprintLogs = listLogsOf('sprint');
