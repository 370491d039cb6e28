import { z } from 'zod';
import type { CompactionInput, FallbackName, StrategyName } from './compaction.ts';

/**
 * When a conversation is shortened, and how much of it stays. `share` is the part of the context window from which on
 * it happens, `keep` the newest exchanges that stay whole.
 */
interface CompactionPreset {
  share: number;
  keep: number;
  strategy: StrategyName;
  fallback: FallbackName;
}

const SUMMARISED = { strategy: 'structured_summary', fallback: 'clear_tool_results' } as const;

export const COMPACTION_PRESETS = {
  /** Cheap: the model reads little. */
  aggressive: { share: 0.5, keep: 5, ...SUMMARISED },
  /** The default. */
  balanced: { share: 0.7, keep: 10, ...SUMMARISED },
  conservative: { share: 0.85, keep: 20, ...SUMMARISED },
  /** Never by itself: a full window is an error. */
  manual: { share: 1, keep: 100, strategy: 'none', fallback: 'drop_oldest' },
} as const satisfies Record<string, CompactionPreset>;

export const CompactionPresetName = z.enum(['aggressive', 'balanced', 'conservative', 'manual']);
export type CompactionPresetName = z.infer<typeof CompactionPresetName>;

/** Tokens of a model's window, of the output that a request wants, and of its instruction and tools. */
interface Window {
  window: number;
  output: number;
  fixed: number;
}

/** Returns what a preset means for a model. */
export function presetOptions(
  name: CompactionPresetName,
  { window, output, fixed }: Window,
): Pick<CompactionInput, 'strategy' | 'fallback' | 'keep' | 'budget'> {
  const { share, keep, strategy, fallback } = COMPACTION_PRESETS[name];
  return { strategy, fallback, keep, budget: Math.floor(Math.min(window * share, inputRoom(window, output)) - fixed) };
}

/** Returns the tokens of a window that are left for the input. At most a quarter is set aside for the output. */
export function inputRoom(window: number, output: number): number {
  return window - Math.min(output, Math.floor(window / 4));
}
