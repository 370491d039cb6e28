import { orWithoutModel } from '../entities/ask-model.ts';
import type { ExtractedFact, SessionMaterial } from '../entities/session.ts';
import type { LogFields } from '../platform/log.ts';
import type { Model } from '../platform/models/model.ts';
import { openModel } from '../platform/models/open-model.ts';
import type { Payer } from '../usage/meter.ts';
import { extractByModel } from './extract.ts';
import { extractByRules } from './extract-by-rules.ts';
import { withAbsoluteDates } from './facts/dates.ts';

interface Extraction {
  payer: Payer;
  /** Unique for each attempt to read the material. */
  reference: string;
  /** When the material was said; RFC 3339. Relative dates in its words count from this day. */
  today: string;
  signal: AbortSignal;
  fields: LogFields;
}

/**
 * Extracts facts with the model of the material; by rules for the rehearsal, and when the model fails for good. `model`
 * is the one that read the material; undefined: rules did. `fault` is why rules took the place of the model.
 * @throws OverBudget when a budget does not cover the next call; a ModelError that is not final
 */
export async function extractFacts(
  material: SessionMaterial,
  { today, fields, ...paid }: Extraction,
): Promise<{ facts: ExtractedFact[]; model: Model | undefined; fault: string | undefined }> {
  const byRules = (fault?: string) => ({
    facts: extractByRules(material).map((fact) => ({ ...fact, text: withAbsoluteDates(fact.text, today) })),
    model: undefined,
    fault: fault === undefined ? undefined : `Learned by rules, because the model failed: ${fault}`,
  });
  if (material.model.provider === 'rehearsal') return byRules();
  const byModel = async () => {
    const model = await openModel(material.model);
    return {
      facts: await extractByModel({ model, material, today: today.slice(0, 10), ...paid }),
      model,
      fault: undefined,
    };
  };
  return orWithoutModel<Awaited<ReturnType<typeof extractFacts>>>(fields, byModel, byRules);
}
