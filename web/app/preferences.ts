import { reactive, watch } from 'vue';

/** What a person sets for this browser. It never leaves it. */
interface Preferences {
  theme: 'system' | 'light' | 'dark';
  /** Whether single keys act; `⌘K` and `Esc` always do. */
  keys: boolean;
  density: 'normal' | 'compact';
}

const PLACE = 'apexflow.preferences';
const DEFAULTS: Preferences = { theme: 'system', keys: true, density: 'normal' };

export const preferences = reactive<Preferences>(read());

/** Applies the preferences to the document, now and at each change. Called before the first paint of the app. */
export function applyPreferences(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const isDark = preferences.theme === 'dark' || (preferences.theme === 'system' && dark.matches);
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    document.documentElement.dataset.density = preferences.density;
  };
  dark.addEventListener('change', apply);
  watch(preferences, () => {
    apply();
    try {
      localStorage.setItem(PLACE, JSON.stringify(preferences));
    } catch {
      // A browser that keeps nothing: the preferences hold until the page is closed.
    }
  });
  apply();
}

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return { ...DEFAULTS };
    const { theme, keys, density } = kept as Partial<Preferences>;
    return {
      theme: theme === 'light' || theme === 'dark' ? theme : DEFAULTS.theme,
      keys: keys !== false,
      density: density === 'compact' ? 'compact' : DEFAULTS.density,
    };
  } catch {
    return { ...DEFAULTS };
  }
}
