// The page "New task": task type, form, and the resulting request.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { taskQuery, taskTypesQuery } from "../data/queries.js";
import type { WireTaskType } from "../lib/api.js";
import { Notice } from "../parts/Notice.js";
import { Skeleton } from "../parts/Skeleton.js";
import { explain } from "../parts/toasts.js";
import { NewTaskForm } from "./NewTaskForm.js";

const route = getRouteApi("/new");

export function NewTaskPage() {
  const { type: wanted, from } = route.useSearch();
  const navigate = useNavigate();
  const types = useQuery(taskTypesQuery);
  const source = useQuery({ ...taskQuery(from ?? ""), enabled: from !== undefined });
  if (types.error) {
    return (
      <Notice
        status="FAILED"
        strong="Couldn't load task types."
        action={{ label: "Try again", onClick: () => void types.refetch() }}
      >
        {explain(types.error)}
      </Notice>
    );
  }
  if (!types.data || (from !== undefined && source.isPending)) return <Skeleton />;
  const name = wanted ?? source.data?.task_type;
  const type = types.data.find((known) => known.name === name) ?? types.data[0];
  if (!type) {
    return (
      <div className="nothing">
        <b>No task types</b>
        <span className="hint">Define a task type and restart the server with it.</span>
      </div>
    );
  }
  const again = source.data?.task_type === type.name ? source.data : undefined;
  const form = (
    <NewTaskForm
      key={`${type.name} ${again?.id ?? ""}`}
      type={type}
      {...(again && { again })}
      picker={
        <TypePicker
          types={types.data}
          value={type.name}
          onChange={(chosen) => void navigate({ to: "/new", search: { type: chosen }, replace: true })}
        />
      }
    />
  );
  return (
    <>
      {source.error && (
        <Notice status="FAILED" strong="Couldn't load the task to run again.">
          {explain(source.error)}
        </Notice>
      )}
      {form}
    </>
  );
}

interface TypePickerProps {
  readonly types: readonly WireTaskType[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

function TypePicker({ types, value, onChange }: TypePickerProps) {
  return (
    <fieldset className="field">
      <legend className="label legend">Task type</legend>
      <div className="type-pick">
        {types.map((type) => (
          <label key={type.name} title={type.description}>
            <input
              type="radio"
              name="type"
              checked={type.name === value}
              onChange={() => onChange(type.name)}
            />
            <b>{type.name}</b>
            <span className="what">{type.description}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
