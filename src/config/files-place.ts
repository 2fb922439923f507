// Parses the option that says where files are stored. Opens nothing; credentials come from the environment.

/** Where the bytes of uploads and artifacts are stored. */
export type FilesPlace =
  /** A folder with SQLite, the database with PostgreSQL. */
  | { readonly kind: "auto" }
  /** The folder `files` in the data directory. */
  | { readonly kind: "folder" }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "database" }
  | BucketPlace;

export interface BucketPlace {
  readonly kind: "bucket";
  readonly bucket: string;
  /** Prefix of every key; empty, or ends with a slash. */
  readonly prefix: string;
  /** Default: from the environment or ~/.aws. */
  readonly region?: string;
  /** URL of a server other than Amazon's. */
  readonly endpoint?: string;
  /** The bucket name is part of the path instead of the host name. */
  readonly pathStyle: boolean;
}

export const FILES_PLACES =
  "auto, folder, database, the path of a folder, or s3://bucket/prefix?region=…&endpoint=…&path_style=true (without user and password)";

const WORDS = ["auto", "folder", "database"] as const;
const PARAMETERS = new Set(["region", "endpoint", "path_style"]);

/** Undefined if invalid. A folder named like one of the words needs a slash: ./database. */
export function readFilesPlace(text: string): FilesPlace | undefined {
  const word = WORDS.find((known) => known === text);
  if (word) return { kind: word };
  if (text.startsWith("s3://")) return readBucket(text);
  return text.trim() === "" || /^\w+:\/\//.test(text) ? undefined : { kind: "path", path: text };
}

function readBucket(text: string): BucketPlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { searchParams: parameters } = url;
  const endpoint = parameters.get("endpoint") ?? undefined;
  const region = parameters.get("region") ?? undefined;
  const pathStyle = parameters.get("path_style") ?? "false";
  const pathname = decoded(url.pathname);
  const isUnderstood =
    url.host !== "" &&
    url.username === "" &&
    url.password === "" &&
    [...parameters.keys()].every((name) => PARAMETERS.has(name)) &&
    (endpoint === undefined || isWebAddress(endpoint)) &&
    (pathStyle === "true" || pathStyle === "false");
  if (!isUnderstood || pathname === undefined) return undefined;
  const folders = pathname.split("/").filter((part) => part !== "");
  return {
    kind: "bucket",
    bucket: url.host,
    prefix: folders.map((part) => `${part}/`).join(""),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    pathStyle: pathStyle === "true",
  };
}

/** Undefined if a "%" does not start a valid escape. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && username === "" && password === "";
}
