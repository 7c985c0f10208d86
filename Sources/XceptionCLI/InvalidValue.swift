/// The parser's message on an invalid value of an option, with what is expected instead.
struct InvalidValue {
    let text: String
    /// The nearest valid value, as a question; nil if none is near.
    let advice: String?

    /// Reads the parser's message, without its capital letter and its full stop.
    ///
    /// - Returns: nil if the message is about something else.
    init?(_ message: String) {
        let pattern = /^(the value '(.*)' is invalid for '(.*)')\. Please provide one of (.*)$/
        if let parts = message.firstMatch(of: pattern) {
            let valid = parts.4.matches(of: /'([^']+)'|- (\S+)/).map { String($0.1 ?? $0.2 ?? "") }
            text = "\(parts.1): expected " + valid.dropLast().joined(separator: ", ") + " or " + (valid.last ?? "")
            let values = parts.2.lowercased().split(
                separator: ",", maxSplits: parts.3.hasSuffix("<list>") ? .max : 0, omittingEmptySubsequences: false)
            let nearest = values.map(String.init).compactMap {
                valid.contains($0) ? $0 : Suggestion.nearest(to: $0, among: valid)
            }
            advice = nearest.count == values.count ? "did you mean \(nearest.joined(separator: ","))?" : nil
            return
        }
        guard message.hasPrefix("the value "), message.contains(" is invalid for ") else { return nil }
        if message.hasSuffix(" <n>'") {
            text = message + ": expected a whole number"
        } else if message.hasSuffix(" <p>'") {
            text = message + ": expected a number from 0 to 1, or a percentage"
        } else {
            text = message
        }
        advice = nil
    }
}
