// Batch submit: checks the shape of each task on its own, so that what is wrong with one is reported at its position.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type FieldError, TaskwrightError } from "../../model/errors.js";
import { LIMITS } from "../../model/limits.js";
import type { Queue, SubmitOutcome, SubmitRequest } from "../../queue/queue.js";
import { problemOf, validationFailed } from "../problem.js";
import { schemaErrors } from "../schema-errors.js";
import { serve } from "../serve.js";
import { submitRequest } from "../submit-options.js";
import { taskView } from "../task-view.js";
import { SubmitSchema, type WireBatchReply, type WireSubmit } from "../wire.js";

export function serveBatch(
  app: FastifyInstance,
  { queue, newId }: { readonly queue: Queue; readonly newId: () => string },
): void {
  serve(
    app,
    "tasks.batch",
    async (request): Promise<WireBatchReply> => {
      const { tasks, atomic = false } = request.body;
      const shapes = tasks.map((task) => shapeOf(task, request));
      const wellShaped = shapes.flatMap((shape) => (shape.ok ? [shape.request] : []));
      if (atomic && wellShaped.length < shapes.length) throw rejected(shapes);
      const answers = (await queue.submitMany(wellShaped, { atomic })).values();
      const outcomes = shapes.map(
        (shape): SubmitOutcome => (shape.ok ? (answers.next().value ?? missing()) : shape),
      );
      if (atomic && outcomes.some(({ ok }) => !ok)) throw rejected(outcomes);
      const stored = outcomes.filter((outcome) => outcome.ok);
      const replayed = stored.filter((outcome) => outcome.replayed).length;
      const requestId = newId();
      return {
        created: stored.length - replayed,
        replayed,
        failed: outcomes.length - stored.length,
        outcomes: outcomes.map((outcome, position) =>
          outcome.ok
            ? { ok: true, task: taskView(outcome.task) }
            : { ok: false, problem: problemOf(placed(outcome.error, position), requestId) },
        ),
      };
    },
    { bodyLimit: LIMITS.batchRequestBytes },
  );
}

type Shape =
  | { readonly ok: true; readonly request: SubmitRequest }
  | { readonly ok: false; readonly error: TaskwrightError };

function shapeOf(task: unknown, request: FastifyRequest): Shape {
  const validate = request.compileValidationSchema(SubmitSchema, "body");
  const isSubmit = (value: unknown): value is WireSubmit => validate(value);
  if (isSubmit(task)) return { ok: true, request: submitRequest(task) };
  return { ok: false, error: validationFailed(schemaErrors(validate.errors ?? [], false)) };
}

/** Errors of a task, as errors of the batch's body. */
function placed(error: TaskwrightError, position: number): TaskwrightError {
  return new TaskwrightError(error.code, error.message, {
    errors: placedErrors(error.errors, position),
    extra: error.extra,
    cause: error,
  });
}

function placedErrors(errors: readonly FieldError[], position: number): readonly FieldError[] {
  return errors.map((field) => ({ ...field, pointer: `/tasks/${position}${field.pointer}` }));
}

/** Why an atomic batch was not stored: the errors of those that are to blame. */
function rejected(
  outcomes: readonly ({ readonly ok: true } | { readonly ok: false; readonly error: TaskwrightError })[],
): TaskwrightError {
  const culprits = outcomes.flatMap((outcome, position) =>
    outcome.ok || outcome.error.code === "batch_rejected" ? [] : [{ position, error: outcome.error }],
  );
  const errors = culprits.flatMap(({ position, error }) =>
    error.errors.length > 0
      ? placedErrors(error.errors, position)
      : [{ pointer: `/tasks/${position}`, code: error.code, message: error.message }],
  );
  return new TaskwrightError(
    "batch_rejected",
    `Nothing was stored: ${culprits.length} of ${outcomes.length} tasks are invalid, and the batch is atomic.`,
    { errors },
  );
}

function missing(): never {
  throw new Error("a batch has fewer outcomes than tasks");
}
