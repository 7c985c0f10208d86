import ArgumentParser
import Platform

/// The look of text output.
struct DisplayOptions: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Colours and clickable paths; auto: on a terminal that has them, unless NO_COLOR is set.", valueName: "when"))
    var color = Choice.auto

    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case auto, always, never
    }

    /// Returns true if the output has colours.
    ///
    /// - Parameter descriptor: the output's descriptor.
    func hasColor(_ descriptor: Int32) -> Bool {
        switch color {
        case .auto: Terminal.hasColor(descriptor)
        case .always: true
        case .never: false
        }
    }

    /// Returns true if paths are written as links.
    ///
    /// - Parameter descriptor: the output's descriptor.
    func hasLinks(_ descriptor: Int32) -> Bool { color != .never && Terminal.hasLinks(descriptor) }
}
