import { Problem } from '../../platform/errors.ts';
import { parsePart } from '../../platform/http/body.ts';
import { readArguments } from '../../platform/models/dialects/read-arguments.ts';
import { type CatalogTool, type Databases, openCatalog } from './tool-catalog.ts';

/** Returns a tool of the tenant. @throws Problem 404 */
export async function requireTool(databases: Databases, tenantId: string, name: string): Promise<CatalogTool> {
  const found = (await openCatalog(databases, tenantId)).find(({ tool }) => tool.name === name);
  if (found === undefined) throw new Problem('not-found', 'There is no tool with this name.');
  return found;
}

/** Refuses a call before it costs a run. @throws Problem 422 with the path of each wrong argument */
export function refuseCall({ tool, refusal }: CatalogTool, given: Record<string, unknown>): void {
  if (refusal !== null)
    throw new Problem('invalid-request', `${tool.name} cannot be called alone. ${refusal}`, {
      errors: [{ path: 'body.name', message: 'is not executable' }],
    });
  // What a model may give is taken here as well, such as a number as text; the refusal names the arguments as they are.
  if (!readArguments(tool.parameters, given).success) parsePart(tool.parameters, given, 'body.arguments');
}
