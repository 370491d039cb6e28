import { onBeforeUnmount, onMounted, type Ref } from 'vue';
import { droppedFiles, hasFiles } from './file-sources.ts';

/** Takes files that are dropped on an element. What is not a file, or a folder, is left out. */
export function useDroppedFiles(target: Readonly<Ref<HTMLElement | null>>, add: (files: File[]) => void): void {
  const over = (event: DragEvent) => {
    if (hasFiles(event.dataTransfer)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    add(droppedFiles(event.dataTransfer));
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
