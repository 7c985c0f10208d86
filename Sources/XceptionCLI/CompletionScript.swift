import ArgumentParser

/// The output of `--generate-completion-script`: swift-argument-parser's script, which completes the words after a
/// subcommand, extended to the words after the program's name alone, where the default subcommand applies.
struct CompletionScript {
    let shell: CompletionShell

    private static let option = "--generate-completion-script"

    /// Reads the arguments.
    ///
    /// - Returns: nil if the arguments do not ask for a script, or for one that needs no addition.
    init?(_ arguments: [String]) {
        guard let index = arguments.firstIndex(where: { $0 == Self.option || $0.hasPrefix(Self.option + "=") }) else {
            return nil
        }
        let words =
            arguments[index].split(separator: "=", maxSplits: 1) + arguments.dropFirst(index + 1).map { $0[...] }
        guard words.count == 2, let shell = CompletionShell(rawValue: String(words[1])) else { return nil }
        self.init(shell: shell)
    }

    init(shell: CompletionShell) {
        self.shell = shell
    }

    /// Returns the script.
    ///
    /// - Parameter command: the root command.
    func text(for command: any ParsableCommand.Type) -> String {
        let script = withModelNames(command.completionScript(for: shell))
        let names = command.configuration.subcommands.map { $0.configuration.commandName ?? "" } + ["help"]
        switch shell {
        case .bash: return bash(script, names)
        case .zsh: return zsh(script, names)
        case .fish: return fish(script, names)
        default: return script
        }
    }

    /// Adds the names of installed models to the files that complete `--model` and `--head`.
    private func withModelNames(_ script: String) -> String {
        [("model", "backbone"), ("head", "head")].reduce(script) { script, option in
            let (option, kind) = option
            let names = "xception model list --names \(kind) 2>/dev/null"
            switch shell {
            case .bash:
                let files = "'--\(option)')\n        __xception_add_completions -f\n"
                return script.replacing(files, with: files + "        __xception_add_completions -W \"$(\(names))\"\n")
            case .zsh:
                return script.replacing(
                    try! Regex("(?m)^( *'--\(option)\\[.*:file:)_files'$", as: (Substring, Substring).self)
                ) {
                    "\($0.1){__xception_models \(kind)}'"
                }
            case .fish:
                return script.replacing(try! Regex("(?m) -l '\(option)' .* -rF$")) {
                    "\(script[$0.range]) -a '(\(names))'"
                }
            default:
                return script
            }
        }
    }

    private func bash(_ script: String, _ names: [String]) -> String {
        script.replacing("complete -o filenames -F _xception xception\n", with: "") + """

            _xception_or_classify() {
                local -a subcommands=()
                if [[ "${COMP_CWORD}" -gt 1 ]]; then
                    case "${COMP_WORDS[1]}" in
                    \(names.joined(separator: "|")))
                        _xception "${@}"
                        return
                        ;;
                    esac
                else
                    subcommands=($(compgen -W '\(names.joined(separator: " "))' -- "${2}"))
                fi

                # As if the default subcommand stood there
                local -a COMP_WORDS=("${COMP_WORDS[0]}" classify "${COMP_WORDS[@]:1}")
                local -i COMP_CWORD="$((COMP_CWORD + 1))"
                _xception "${@}"
                COMPREPLY+=("${subcommands[@]}")
            }

            complete -o filenames -F _xception_or_classify xception

            """
    }

    private func zsh(_ script: String, _ names: [String]) -> String {
        let start = "_xception() {\n"
        let end = #"if [[ "${funcstack[1]}" = _xception ]]; then"#
        return script.replacing(start, with: "_xception_commands() {\n").replacing(end, with: """
            __xception_models() {
                local -a names=(${(f)"$(xception model list --names "${1}" 2>/dev/null)"})
                local -i ret=1
                compadd -a names && ret=0
                _files && ret=0
                return "${ret}"
            }

            _xception() {
                if (( CURRENT > 2 )) && [[ "${words[2]}" = (\(names.joined(separator: "|"))) ]]; then
                    _xception_commands "${@}"
                    return
                fi

                emulate -RL zsh -G
                setopt extendedglob nullglob numericglobsort
                unsetopt aliases banghist
                local context state state_descr line
                local -A opt_args
                local -i ret=1
                if (( CURRENT == 2 )); then
                    local -ar subcommands=(\(names.joined(separator: " ")))
                    _describe -V subcommand subcommands && ret=0
                fi
                # As if the default subcommand stood there
                _xception_classify && ret=0
                return "${ret}"
            }

            \(end)
            """)
    }

    private func fish(_ script: String, _ names: [String]) -> String {
        let tokens = "    set -l unparsed_tokens (__xception_tokens -pc)\n"
        return script.replacing(tokens, with: tokens + """
                if not contains -- "$unparsed_tokens[2]" \(names.joined(separator: " "))
                    # As if the default subcommand stood there
                    set unparsed_tokens $unparsed_tokens[1] classify $unparsed_tokens[2..]
                end

            """)
            .replacing(
                #"'__xception_should_offer_completions_for_positional "xception" -eq 1'"#,
                with: "'test (count (__xception_tokens -pc)) -eq 1'")
    }
}
