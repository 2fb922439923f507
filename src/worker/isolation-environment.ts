// What a process that runs handlers sees of the worker's environment.

/** Of the system; nothing that programs keep secrets in. */
const OF_THE_SYSTEM = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TZ",
  "LANG",
  "LANGUAGE",
  "NODE_ENV",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
];
/** Of ours: no secret, and the built-in types read it. */
const OF_OURS = ["TASKWRIGHT_PACE"];

/**
 * "minimal": what belongs to the system, and the variables that the type names. "own": all that the handler would see
 * in the worker's process, but for settings of Taskwright that the type does not name: keys, passwords and the store.
 * `scratch` becomes the folder of temporary files.
 */
export function environmentFor(
  kind: "minimal" | "own",
  named: readonly string[],
  scratch: string,
  from: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const given = Object.entries(from).filter(([name]) => {
    if (named.includes(name) || OF_OURS.includes(name)) return true;
    if (kind === "own") return !name.startsWith("TASKWRIGHT_") && name !== "NODE_CHANNEL_FD";
    return OF_THE_SYSTEM.includes(name) || name.startsWith("LC_");
  });
  return { ...Object.fromEntries(given), TMPDIR: scratch };
}
