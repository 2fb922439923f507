export function buildGuide(): void;
