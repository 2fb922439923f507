// The completion script for bash, 3.2 or newer: it asks the program for names only where names of the server fit.
import type { Candidates, CompletedCommand } from "./table.js";

export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of taskwright for bash. Made by: taskwright completion bash
_taskwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      -*) ;;
      *) command="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  COMPREPLY=()
  local words=""
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    case "$command" in
${commands.map(({ name, options }) => `      ${name}) words="${options.flatMap(({ flags }) => flags).join(" ")}" ;;`).join("\n")}
      *) words="--help --version" ;;
    esac
  else
    case "$command" in
      "") words="${commands.map(({ name }) => name).join(" ")}" ;;
${commands.flatMap(({ name, argument }) => (argument.kind === "none" ? [] : [`      ${name}) ${action(argument)} ;;`])).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _taskwright taskwright
`;
}

/** A word after an option that takes a value is that value. */
function valueCases({ name, options }: CompletedCommand): readonly string[] {
  return options.flatMap(({ flags, value }) => {
    if (!value) return [];
    const patterns = flags.map((flag) => `"${name} ${flag}"`).join("|");
    const reply = value.kind === "files" ? action(value) : `${action(value)}; ${REPLY}; return`;
    return [`    ${patterns}) ${value.kind === "none" ? "return" : reply} ;;`];
  });
}

const REPLY = 'COMPREPLY=($(compgen -W "$words" -- "$current"))';

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `words="${candidates.words.join(" ")}"`;
    case "types":
    case "queues":
      return `words="$(taskwright complete ${candidates.kind} 2>/dev/null)"`;
    case "files":
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return';
    case "none":
      return ":";
  }
}
