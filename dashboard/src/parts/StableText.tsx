// Text that changes in place without layout shift, such as a right-aligned number that gains a digit: each text is a
// separate element that appears and disappears, so no element moves.

export function StableText({ children }: { readonly children: string }) {
  return <span key={children}>{children}</span>;
}
