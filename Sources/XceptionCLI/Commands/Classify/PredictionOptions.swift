import ArgumentParser

/// The options of predictions.
struct PredictionOptions: ParsableArguments {
    @Option(
        name: [.customShort("k", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Number of predictions per image.", valueName: "n"))
    var top = 5

    @Option(help: ArgumentHelp(
        "Leave out predictions less probable than this, such as 0.5 or 50%; with --label, images.", valueName: "p"))
    var min: Probability?

    @Flag(
        name: [.customShort("l"), .long],
        help: "Write only the paths of images that have a prediction of at least --min, or show a --label.")
    var list = false

    @Flag(help: "With a head from train: predict a class even for photos unlike the training photos.")
    var noReject = false

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top).") }
    }

    /// Returns the settings that determine a result, in words.
    func settings(top: Int, minimum: Float) -> [String] {
        ["top \(top)"] + (minimum > 0 ? ["min \(minimum)"] : []) + (noReject ? ["no-reject"] : [])
    }
}
