// The completion script for zsh, with a word on each candidate: the same table as for bash.
import type { Candidates, CompletedCommand } from "./table.js";

export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef taskwright
# Completion of taskwright for zsh. Made by: taskwright completion zsh
_taskwright() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" command="" word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$command $previous" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ "$current" == -* ]]; then
    case "$command" in
${commands.map(optionCase).join("\n")}
      *) candidates=('--help:print help' '--version:print the version') ;;
    esac
    _describe -o option candidates
    return
  fi
  case "$command" in
    "")
      candidates=(${commands.map(({ name, help }) => described(name, help)).join(" ")})
      _describe command candidates ;;
${commands.flatMap(({ name, argument }) => (argument.kind === "none" ? [] : [`    ${name}) ${action(argument)} ;;`])).join("\n")}
  esac
}
if [[ "$funcstack[1]" == _taskwright ]]; then _taskwright "$@"; else compdef _taskwright taskwright; fi
`;
}

function optionCase({ name, options }: CompletedCommand): string {
  const all = options.flatMap(({ flags, help }) => flags.map((flag) => described(flag, help)));
  return `      ${name}) candidates=(${all.join(" ")}) ;;`;
}

/** A word after an option that takes a value is that value. */
function valueCases({ name, options }: CompletedCommand): readonly string[] {
  return options.flatMap(({ flags, value }) => {
    if (!value) return [];
    const patterns = flags.map((flag) => `"${name} ${flag}"`).join("|");
    return [`    ${patterns}) ${action(value)}; return ;;`];
  });
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case "words":
      return `compadd -- ${candidates.words.join(" ")}`;
    case "types":
    case "queues":
      return `compadd -- \${(f)"$(taskwright complete ${candidates.kind} 2>/dev/null)"}`;
    case "files":
      return "_files";
    case "none":
      return ":";
  }
}

function described(word: string, help: string): string {
  return `'${`${word.replaceAll(":", "\\:")}:${help}`.replaceAll("'", "'\\''")}'`;
}
