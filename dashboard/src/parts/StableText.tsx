// A text that changes where it stands, as a number that gains a digit at its right edge: each text is an element of its
// own that comes and goes, so none ever moves.

export function StableText({ children }: { readonly children: string }) {
  return <span key={children}>{children}</span>;
}
