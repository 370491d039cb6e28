export interface Alarm {
  wake(): void;
  /** Waits for {@link wake}, at most this long. */
  wait(milliseconds: number): Promise<void>;
}

/** Lets one reader wait for a signal or a timeout. A signal that arrives while nobody waits is kept. */
export function createAlarm(): Alarm {
  let isSet = false;
  let resume: (() => void) | undefined;
  return {
    wake: () => {
      isSet = true;
      resume?.();
    },
    wait: async (milliseconds) => {
      if (!isSet) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      resume = undefined;
      isSet = false;
    },
  };
}
