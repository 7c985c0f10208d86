/// How a whole run went.
struct RunSummary: Equatable, Sendable {
    var images = 0
    var failed = 0
    var seconds = 0.0
    /// Results of an earlier run, and the failures among these.
    var resumed = 0
    var resumedFailures = 0
    var skipped: [SkipReason: Int] = [:]
    /// Whether the input was worked through: neither interrupted nor ended by a failure.
    var isComplete = true

    var imagesPerSecond: Double { seconds > 0 ? Double(images) / seconds : 0 }

    /// Whether any image has a result, of this run or an earlier one.
    var hasResults: Bool { images + resumed > 0 }

    /// One line for people.
    var line: String {
        var parts = ["\(NumberText.counted(images, "image")) in \(NumberText.fixed(seconds, digits: 1)) s"]
        if images > 1 { parts.append("\(NumberText.fixed(imagesPerSecond, digits: 1)) images/s") }
        if failed > 0 { parts.append("\(failed) failed") }
        if resumed > 0 { parts.append("\(resumed) done before" + (resumedFailures > 0 ? " (\(resumedFailures) failed)" : "")) }
        if !skipped.isEmpty { parts.append("skipped: " + skipped.line) }
        return parts.joined(separator: ", ")
    }
}
