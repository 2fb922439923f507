// Comes next.
export function TaskDrawer() {
  return null;
}
