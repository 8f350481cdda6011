/** The hidden command that the scripts ask: one candidate a line, its description behind a tab. */
export const COMPLETE_COMMAND = '__complete'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What makes the shell complete `canary`. Where there is no candidate, files are offered. */
export const SHELL_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of canary: eval "$(canary completion bash)" in ~/.bashrc
_canary() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" ${COMPLETE_COMMAND} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _canary canary
`,
  zsh: `#compdef canary
# zsh completion of canary: eval "$(canary completion zsh)" in ~/.zshrc, behind compinit
_canary() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe -t canary canary found; else _files; fi
}
compdef _canary canary
`,
  fish: `# fish completion of canary: canary completion fish > ~/.config/fish/completions/canary.fish
function __canary_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] ${COMPLETE_COMMAND} -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c canary -f -a '(__canary_complete)'
`,
}
