/** What the thumb of a time bar can do, and a mark of the bar. */
export type TimeStep = 'previous' | 'next' | 'day-before' | 'day-after' | 'first' | 'now';

export interface TimeTick {
  /** The middle, 0 to 1. */
  place: number;
  /** 0 to 1. */
  height: number;
}

/** The keys of a slider (ARIA practices) as steps over moments. */
export const STEP_OF_KEY: Readonly<Record<string, TimeStep>> = {
  ArrowLeft: 'previous',
  ArrowDown: 'previous',
  ArrowRight: 'next',
  ArrowUp: 'next',
  PageDown: 'day-before',
  PageUp: 'day-after',
  Home: 'first',
  End: 'now',
};
