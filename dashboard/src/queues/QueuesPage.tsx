// Comes next.
export function QueuesPage() {
  return null;
}
