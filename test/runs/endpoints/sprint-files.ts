import { storeContent } from '../../../functions/tools/workspace.ts';
import { asOwner, type RunBench } from '../bench.ts';

/** Stores files of a run of the bench's user, as a worker's tools do. */
export async function putFiles(
  { person }: RunBench,
  runId: string,
  files: Record<string, string | Buffer>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const { sha256, size } = await storeContent(person.tenantId, Buffer.from(content));
    await asOwner(
      `insert into run_files (run_id, path, tenant_id, sha256, size, updated_by) values ($1, $2, $3, $4, $5, 'backend')`,
      [runId, path, person.tenantId, sha256, size],
    );
  }
}
