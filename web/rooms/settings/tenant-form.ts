import { computed, type Ref, ref, shallowRef, watch } from 'vue';
import { useForm } from '../../parts/form.ts';
import { useKeptDraft } from './kept-draft.ts';
import type { StoredLine } from './rebase.ts';
import { type Change, lastSave, Overtaken, type Stored, type Tenant, type useTenant } from './stored-tenant.ts';

/** The part of the settings that a form shows. `Changes` are its settings that differ from the stored ones. */
interface TenantPart<Draft, Changes extends object> {
  /** Names the draft that is kept when the sign-in ends. */
  name: string;
  /** The fields of the body. */
  fields: (draft: Draft) => readonly string[];
  draftOf: (tenant: Tenant) => Draft;
  changesOf: (base: Tenant, draft: Draft) => Changes;
  bodyOf: (changes: Changes) => Change;
  /** Returns the draft with what somebody else has stored where the user changed nothing. */
  rebased: (draft: Draft, before: Draft, now: Draft) => Draft;
  /** Returns what somebody else has changed, as it is stored now. */
  linesOf: (before: Draft, now: Draft) => StoredLine[];
}

/**
 * A form for a part of the settings. A change is sent for the version that the draft began with. When somebody else has
 * changed the settings meanwhile, nothing is saved: `overtaken` says what they stored, the draft keeps what the user
 * typed, and the next save puts it in place of that. What another admin changes is shown at once when nothing is
 * unsaved.
 */
export function useTenantForm<Draft, Changes extends object>(
  part: TenantPart<Draft, Changes>,
  stored: () => Stored,
  change: ReturnType<typeof useTenant>['change'],
) {
  const base = shallowRef(stored());
  const draft = ref(part.draftOf(base.value.tenant)) as Ref<Draft>;
  const changes = computed(() => part.changesOf(base.value.tenant, draft.value));
  const isDirty = computed(() => Object.keys(changes.value).length > 0);
  /** Whether the user has tried to save this draft. */
  const isChecked = ref(false);
  const overtaken = shallowRef<StoredLine[]>();

  function begin(now: Stored) {
    base.value = now;
    draft.value = part.draftOf(now.tenant);
    isChecked.value = false;
  }
  watch(stored, (now) => {
    if (!isDirty.value) begin(now);
  });
  watch(
    lastSave,
    (save) => {
      if (save !== undefined && base.value.tag === save.from) base.value = { ...base.value, tag: save.to };
    },
    { flush: 'sync' },
  );
  useKeptDraft(
    part.name,
    () => (isDirty.value ? { draft: draft.value, base: base.value } : undefined),
    (kept) => {
      base.value = kept.base;
      draft.value = kept.draft;
    },
  );

  function rebase({ stored: now }: Overtaken) {
    const [before, after] = [part.draftOf(base.value.tenant), part.draftOf(now.tenant)];
    overtaken.value = part.linesOf(before, after);
    draft.value = part.rebased(draft.value, before, after);
    base.value = now;
  }

  const form = useForm(
    () => part.fields(draft.value),
    async () => {
      overtaken.value = undefined;
      try {
        begin(await change(part.bodyOf(changes.value), base.value.tag));
      } catch (error) {
        if (error instanceof Overtaken) rebase(error);
        throw error;
      }
    },
  );

  return {
    draft,
    changes,
    isDirty,
    isChecked,
    overtaken,
    form,
    discard: () => {
      overtaken.value = undefined;
      begin(stored());
    },
  };
}
