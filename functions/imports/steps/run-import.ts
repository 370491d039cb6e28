import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { RunImport } from '../import.ts';

/** Reads the files of an import. Idempotent: any number of deliveries write each item once. */
export const runImportStep = step(RunImport, { secrets: EMBEDDER_KEYS, memoryMiB: 1024, concurrency: 2 }).handle(
  async ({ payload, database, signal }) => {
    const { runImport } = await import('../run-import.ts');
    const { tenant_id: tenantId, user_id: userId, import_id: importId } = payload;
    await runImport({ database, tenantId, userId, importId, signal });
  },
);
