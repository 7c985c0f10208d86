import ArgumentParser
import Platform

/// The look of text output.
struct DisplayOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Colours and clickable paths: auto (on a terminal that has them, unless NO_COLOR is set), always or never.", valueName: "when"))
    var color = Choice.auto

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    /// - Parameter descriptor: of the output.
    func hasColor(_ descriptor: Int32) -> Bool {
        switch color {
        case .auto: Terminal.hasColor(descriptor)
        case .always: true
        case .never: false
        }
    }

    /// Whether paths are links that a click opens.
    ///
    /// - Parameter descriptor: of the output.
    func hasLinks(_ descriptor: Int32) -> Bool { color != .never && Terminal.hasLinks(descriptor) }
}
