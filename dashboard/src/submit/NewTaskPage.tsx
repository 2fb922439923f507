// Comes next.
export function NewTaskPage() {
  return null;
}
