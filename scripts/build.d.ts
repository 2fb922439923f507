export function build(options?: { readonly force?: boolean; readonly dashboard?: boolean }): void;
