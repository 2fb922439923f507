// What is wrong with the input of a form: faults at its fields, and a sentence above its buttons.
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useState } from "react";
import { statsQuery } from "../data/queries.js";
import { ApiError } from "../lib/api.js";
import { explain } from "../parts/toasts.js";
import type { Fault } from "./draft.js";
import type { Field } from "./plan.js";
import { isShown } from "./shown.js";

/** `plan`: the fields of the parameters; `options`: those of everything else. */
export function useRefusal(form: RefObject<HTMLFormElement | null>, plan: Field, options: Field) {
  const queryClient = useQueryClient();
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [refusal, setRefusal] = useState<string>();
  useEffect(() => {
    // Once the errors are rendered.
    if (faults.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, faults]);

  const refuse = (found: readonly Fault[], message?: string) => {
    setFaults(found);
    setRefusal(
      message ??
        (found.length === 1 ? "Correct the marked field." : `Correct the ${found.length} marked fields.`),
    );
  };
  /** The server, or the way to it, failed. */
  const refuseError = (error: unknown) => {
    // Refetching makes the sign-in dialog appear.
    if (error instanceof ApiError && error.status === 401) {
      void queryClient.invalidateQueries({ queryKey: statsQuery.queryKey });
    }
    const found = error instanceof ApiError ? error.errors : [];
    const isPlaced = found.length > 0 && found.every(({ pointer }) => isShown(pointer, plan, options));
    refuse(found, isPlaced ? undefined : explain(error));
  };
  const clear = () => {
    setFaults([]);
    setRefusal(undefined);
  };
  return { faults, refusal, refuse, refuseError, clear };
}
