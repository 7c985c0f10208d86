import ArgumentParser
import Platform

/// Errors of the command line, as one line in this program's style.
enum UsageErrors {
    /// Rejects a first word that looks like a subcommand and is neither one nor a file: classifying it would only
    /// report a missing file.
    static func checkSubcommand(_ arguments: [String], of root: any ParsableCommand.Type) throws(CommandError) {
        let names = subcommands(of: root).keys.sorted()
        var words = arguments[...]
        let asksForHelp = words.first == "help" && words.count > 1
        if asksForHelp { words.removeFirst() }
        guard let word = words.first, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
        let letters = word.unicodeScalars
        let isWord = letters.allSatisfy { ("a"..."z").contains($0) || $0 == "-" }
        guard asksForHelp || isWord && FileStatus(FilePath(argument: word)) == nil else { return }
        let found = "there is \(asksForHelp ? "no" : "neither a file nor a") subcommand '\(word)'"
        let advice: String
        if word == "version" {
            advice = "did you mean '--version'?"
        } else if word == "convert" {
            advice = "xception-convert converts models"
        } else if let similar = Suggestion.nearest(to: word, among: names + ["help"]) {
            advice = "did you mean '\(similar)'?"
        } else {
            advice = "xception --help lists the subcommands"
        }
        throw .usage("\(found); \(advice)")
    }

    /// Returns the message of an error.
    ///
    /// - Parameter arguments: the program's arguments.
    static func message(for error: any Error, _ arguments: [String], of root: any ParsableCommand.Type) -> String {
        var text = root.message(for: error).split(separator: "\n").joined(separator: " ")
        // The parser's sentences begin with a capital and end with a full stop, this program's messages do not.
        if let first = text.first, text.dropFirst().first?.isLowercase == true {
            text = first.lowercased() + text.dropFirst()
        }
        while text.hasSuffix(".") { text.removeLast() }
        let invalid = InvalidValue(text)
        text = invalid?.text ?? text
        let subcommand = arguments.first.flatMap { subcommands(of: root)[$0] }
        let name = arguments.first.flatMap { subcommand == nil ? nil : $0 } ?? "classify"
        var advice = invalid?.advice
        if let option = text.firstMatch(of: /^unknown option '(.+?)'(?:\. Did you mean .*)?$/) {
            let help = root.helpMessage(for: subcommand ?? subcommands(of: root)["classify"] ?? root)
            let known =
                help.matches(of: /(?m)^ {2}(?:-\S, )?(--[a-z-]+)/).map { String($0.1) } + ["--version", "--help"]
            // The parser names the first letter of a group, such as -e of -ext.
            let written = arguments.first { $0.hasPrefix(String(option.1)) }?.split(separator: "=").first.map(
                String.init)
            text = "unknown option '\(written ?? String(option.1))'"
            advice = OptionAdvice.advice(on: written ?? String(option.1), known: known)
        }
        if let word = arguments.first, subcommand != nil, FileStatus(FilePath(argument: word))?.isRegular == true {
            advice = "'\(word)' is a subcommand; for the file, write ./\(word)"
        }
        return "\(text); \(advice ?? "see xception \(name) --help")"
    }

    private static func subcommands(of root: any ParsableCommand.Type) -> [String: any ParsableCommand.Type] {
        let commands = root.configuration.subcommands.map { ($0.configuration.commandName ?? "", $0) }
        return Dictionary(commands) { first, _ in first }
    }
}
