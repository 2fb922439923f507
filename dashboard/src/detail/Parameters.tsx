// Parameters, or any object, as a list of names and values.
import { JsonTree } from "./JsonTree.js";

export function Parameters({ value }: { readonly value: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(value);
  if (entries.length === 0) return <p className="ink-3">None; all parameters have their defaults.</p>;
  return (
    <dl className="pairs">
      {entries.map(([name, entry]) => [
        <dt key={`${name} name`}>{name}</dt>,
        <dd key={name}>
          <JsonTree value={entry} />
        </dd>,
      ])}
    </dl>
  );
}
