// What an S3-compatible server and the way to it say, as errors that say what to do. Keeps no state.
import { TaskwrightError } from "../model/errors.js";

interface Meaning {
  readonly names: readonly string[];
  readonly code: "unavailable" | "storage_full";
  readonly advice: (bucket: string) => string;
}

const REFUSED = (bucket: string) =>
  `The bucket ${bucket} denied access. Check the credentials of this process, and that they allow getting, putting and deleting objects, and listing and aborting multipart uploads.`;

/** By the code that servers answer with, which is the name of the client's error. */
const MEANINGS: readonly Meaning[] = [
  {
    names: ["NoSuchBucket"],
    code: "unavailable",
    advice: (bucket) => `The bucket ${bucket} does not exist. Create it, or choose another one with --files.`,
  },
  {
    names: ["AccessDenied", "Forbidden", "AllAccessDisabled", "AccountProblem"],
    code: "unavailable",
    advice: REFUSED,
  },
  {
    names: ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"],
    code: "unavailable",
    advice: REFUSED,
  },
  {
    names: ["CredentialsProviderError"],
    code: "unavailable",
    advice: (bucket) =>
      `No credentials found for the bucket ${bucket}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`,
  },
  {
    names: ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"],
    code: "unavailable",
    advice: (bucket) => `The bucket ${bucket} is in another region. Set it with ?region=… in --files.`,
  },
  {
    names: ["RequestTimeTooSkewed"],
    code: "unavailable",
    advice: (bucket) =>
      `The clock of this machine differs too much from that of the bucket ${bucket}. Correct it.`,
  },
  {
    names: ["QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"],
    code: "storage_full",
    advice: (bucket) => `The bucket ${bucket} is full. Free some space or raise its quota.`,
  },
];

const INSUFFICIENT_STORAGE = 507;
const FORBIDDEN = 403;

/** The error of the catalogue for whatever the client threw. */
export function toTaskwrightError(error: unknown, bucket: string): TaskwrightError {
  if (error instanceof TaskwrightError) return error;
  const { name, status, reason } = whatHappened(error);
  const known = MEANINGS.find(({ names }) => names.includes(name));
  if (known) return new TaskwrightError(known.code, `${known.advice(bucket)} (${reason})`, { cause: error });
  if (status === INSUFFICIENT_STORAGE) {
    return new TaskwrightError("storage_full", `The bucket ${bucket} is full. (${reason})`, {
      cause: error,
    });
  }
  const advice =
    status === FORBIDDEN
      ? REFUSED(bucket)
      : `Cannot reach the bucket ${bucket}. Check that its server is running, and region and endpoint in --files.`;
  return new TaskwrightError("unavailable", `${advice} (${reason})`, { cause: error });
}

/** Is it the answer that there is nothing of this name? */
export function isAbsent(error: unknown): boolean {
  const { name } = whatHappened(error);
  return name === "NoSuchKey" || name === "NotFound" || name === "NoSuchUpload";
}

/** Does the server not know the call at all? */
export function isUnknownCall(error: unknown): boolean {
  const { name } = whatHappened(error);
  return name === "NotImplemented" || name === "MethodNotAllowed";
}

function whatHappened(error: unknown): {
  readonly name: string;
  readonly status: number | undefined;
  readonly reason: string;
} {
  // A name with several addresses fails with an error for each of them, and no word of its own.
  if (error instanceof AggregateError) return whatHappened(error.errors[0]);
  if (!(error instanceof Error)) return { name: "", status: undefined, reason: String(error) };
  return { name: error.name, status: statusOf(error), reason: error.message || error.name };
}

function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
