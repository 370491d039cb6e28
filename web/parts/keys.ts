import { onBeforeUnmount, onMounted, shallowReactive } from 'vue';

/**
 * The keyboard map. A page registers its keys while it is mounted; the dialog of `?` lists what is registered. Single
 * keys act only outside of fields and can be turned off; `mod+k` (⌘ or Ctrl) and `Escape` always act.
 */
export interface KeyBinding {
  /** `j`, `Enter`, `mod+k`, `shift+?`, or a sequence such as `g r`. */
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Not in the list of `?`, such as the second name of the same key. */
  isHidden?: boolean;
}

interface Group {
  title: string;
  bindings: KeyBinding[];
}

/** The groups of keys that act now; the last registered group wins. */
export const keyGroups = shallowReactive<Group[]>([]);

const SEQUENCE_MS = 1_200;

/** Registers keys for as long as the component is mounted. */
export function useKeys(title: string, bindings: KeyBinding[]): void {
  const group = { title, bindings };
  onMounted(() => keyGroups.push(group));
  onBeforeUnmount(() => {
    const index = keyGroups.indexOf(group);
    if (index >= 0) keyGroups.splice(index, 1);
  });
}

/** Creates the listener of the document. `areOn` says whether single keys act. */
export function createKeyListener(areOn: () => boolean): (event: KeyboardEvent) => void {
  let prefix = '';
  let at = 0;
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = nameOf(event);
    const isSingle = !name.startsWith('mod+') && name !== 'Escape';
    if (isSingle && (!areOn() || isTakenByField(event.target, name))) return;
    // Escape closes the dialog, and nothing behind it.
    if (!name.startsWith('mod+') && isInDialog(event.target)) return;
    const sequence = prefix !== '' && Date.now() - at < SEQUENCE_MS ? `${prefix} ${name}` : name;
    prefix = '';
    const found = bindingOf(sequence) ?? bindingOf(name);
    if (found !== undefined) {
      event.preventDefault();
      found.run(event);
    } else if (startsSequence(name)) {
      prefix = name;
      at = Date.now();
    }
  };
}

function bindingOf(keys: string): KeyBinding | undefined {
  for (const { bindings } of keyGroups.toReversed()) {
    const found = bindings.find((binding) => binding.keys === keys);
    if (found !== undefined) return found;
  }
  return undefined;
}

function startsSequence(name: string): boolean {
  return keyGroups.some(({ bindings }) => bindings.some(({ keys }) => keys.startsWith(`${name} `)));
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? latinOf(event) : event.key;
  if (event.metaKey || event.ctrlKey) return `mod+${key}`;
  if (event.altKey) return `alt+${key}`;
  return event.shiftKey && event.key.length > 1 ? `shift+${key}` : key;
}

/** On a layout without Latin letters, such as Cyrillic, the place of the key on a Latin keyboard counts. */
function latinOf({ key, code }: KeyboardEvent): string {
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  return (letter !== undefined && !/[\x20-\x7e]|\p{Script=Latin}/u.test(key) ? letter : key).toLowerCase();
}

/** The kinds of `<input>` that take no text: letters and signs go to the page, other keys change the value. */
const WITHOUT_TEXT = new Set(['range', 'checkbox', 'radio', 'button', 'submit', 'reset', 'file', 'color']);

function isTakenByField(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && WITHOUT_TEXT.has(target.type)) return name.length > 1 || name === ' ';
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Keys of the page do not act while a dialog or menu is open over it. */
function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;
}
