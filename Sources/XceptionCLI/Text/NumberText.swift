/// Numbers in decimal notation, for people and for JSON and CSV alike.
enum NumberText {
    /// Returns a number with at most `digits` decimals, without trailing zeros.
    static func short(_ value: Double, digits: Int) -> String {
        var text = fixed(value, digits: digits)
        guard text.contains(".") else { return text }
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// Returns a count with its noun: "1 image", "2 images".
    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : noun.hasSuffix("s") ? "es" : "s")"
    }

    /// Returns a number with exactly `digits` decimals.
    static func fixed(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let scaled = (value.magnitude * Double(scale)).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        let whole = "\(value < 0 && scaled > 0 ? "-" : "")\(Int(scaled) / scale)"
        guard digits > 0 else { return whole }
        let fraction = String(Int(scaled) % scale)
        return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// Returns a share of 1 in percent: "84.1%"; a dash for nil.
    static func percent(_ share: Double?, digits: Int = 1) -> String {
        share.map { fixed(100 * $0, digits: digits) + "%" } ?? "-"
    }
}
