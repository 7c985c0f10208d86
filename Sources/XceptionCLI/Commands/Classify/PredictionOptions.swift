import ArgumentParser

/// Which predictions are written.
struct PredictionOptions: ParsableArguments {
    @Option(
        name: [.customShort("k", allowingJoined: true), .long], help: ArgumentHelp("Number of predictions per image.", valueName: "n"))
    var top = 5

    @Option(help: ArgumentHelp("Leave out predictions less probable than this, from 0 to 1.", valueName: "p"))
    var min: Float = 0

    @Flag(name: [.customShort("l"), .long], help: "Write only the paths of images that have a prediction (with --min).")
    var list = false

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
        guard (0...1).contains(min) else { throw ValidationError("--min must be between 0 and 1, not \(min).") }
    }

    /// What of this a result depends on, in words.
    func settings(top: Int) -> [String] {
        ["top \(top)"] + (min > 0 ? ["min \(min)"] : [])
    }
}
