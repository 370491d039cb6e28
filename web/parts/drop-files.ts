import { onBeforeUnmount, onMounted, type Ref } from 'vue';

/** Takes files that are dropped on an element. What is not a file is left to the browser. */
export function useDroppedFiles(target: Readonly<Ref<HTMLElement | null>>, add: (files: FileList) => void): void {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  const over = (event: DragEvent) => {
    if (hasFiles(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (event.dataTransfer === null || !hasFiles(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  };
  onMounted(() => {
    target.value?.addEventListener('dragover', over);
    target.value?.addEventListener('drop', drop);
  });
  onBeforeUnmount(() => {
    target.value?.removeEventListener('dragover', over);
    target.value?.removeEventListener('drop', drop);
  });
}
