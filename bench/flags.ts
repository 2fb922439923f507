// Reads the flags of a benchmark. --help prints them; what is no flag is answered in one line, with the nearest that is.
import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<Given extends Options> = ReturnType<typeof parseArgs<{ options: Given }>>["values"];

export interface FlagsOptions<Given extends Options> {
  readonly options: Given;
  /** Default: what stands behind the name of the program. */
  readonly words?: readonly string[];
  /** What --help prints. */
  readonly usage: string;
  /** The end of a message about an unknown name (src/lib/suggest.ts, from where the program was compiled to). */
  readonly didYouMean: (word: string, candidates: readonly string[]) => string;
}

/** The values of the command line; ends the process where it asks for help or is wrong. */
export function readFlags<const Given extends Options>({
  options,
  usage,
  didYouMean,
  words = process.argv.slice(2),
}: FlagsOptions<Given>): Values<Given> {
  const args = [...words];
  const { values, tokens } = parseArgs({
    args,
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  for (const token of tokens) {
    if (token.kind !== "option" || token.name in options) continue;
    const flags = Object.keys(options).map((name) => `--${name}`);
    refuse(`${token.rawName}: no such flag${didYouMean(token.rawName, flags)}`);
  }
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    // A value that is missing, or one too many: Node's own words.
    if (error instanceof TypeError) refuse(error.message);
    throw error;
  }
}

/** Ends the process where a list (a,b) has what is none of the known names, nor the beginning of one where that will do. */
export function checkNames(
  list: string | undefined,
  known: readonly string[],
  didYouMean: FlagsOptions<Options>["didYouMean"],
  fits: (known: string, name: string) => boolean = (one, name) => one === name,
): void {
  for (const name of list?.split(",") ?? []) {
    if (!known.some((one) => fits(one, name))) {
      refuse(`${name}: no such name${didYouMean(name, known)} (--help lists them)`);
    }
  }
}

/** The number that a flag holds; ends the process where it holds none above zero. */
export function positive(flag: string, text: string): number {
  const value = Number(text);
  return value > 0 ? value : refuse(`--${flag} must be a number above 0, but is "${text}"`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
