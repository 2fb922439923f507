// Comes next.
export function WorkersPage() {
  return null;
}
