import Platform

/// One page to look at: every image with its predictions. It loads nothing from elsewhere, and is
/// written as records come, so that memory does not grow with their number.
final class HTMLReport: RecordSink, RecognizableOutput {
    private let destination: OutputDestination
    private var isFirst = true

    /// Sharp on a card of half that width.
    let thumbnailSize: Int? = 240

    /// What distinguishes a report from other pages: the page's first lines.
    private static var beginning: String {
        let mark = page.before.firstRange(of: "content=\"xception\">")!
        return String(page.before[..<mark.upperBound])
    }

    /// The page around its data, which replaces the comment.
    private static let page: (before: String, after: String) = {
        let page = String(decoding: PackageResources.page_html, as: UTF8.self)
        let data = page.firstRange(of: "<!-- data -->\n")!
        return (String(page[..<data.lowerBound]), String(page[data.upperBound...]))
    }()

    init(_ destination: OutputDestination, model: ModelDescription) throws(CommandError) {
        self.destination = destination
        try destination.write(Self.page.before)
        try destination.write("{\"model\": \(Self.embedded(model.json)),\n\"results\": [")
    }

    var isTerminal: Bool { destination.isTerminal }

    func write(_ record: ImageRecord<Classification>) throws(CommandError) {
        var members = [("path", JSONText.string(record.name.frame.map { "frame \($0)" } ?? record.name.path.text))]
        switch record.outcome {
        case .success(let result):
            members.append(("predictions", JSONText.array(result.value.predictions.map {
                JSONText.array([
                    JSONText.string($0.label), JSONText.string($0.id), NumberText.short(Double($0.probability), digits: 6),
                ])
            })))
            if let thumbnail = result.thumbnail { members.append(("thumbnail", JSONText.string(base64(thumbnail)))) }
        case .failure(let failure):
            members.append(("error", JSONText.string("\(failure.code.rawValue): \(failure.message)")))
        }
        try destination.write((isFirst ? "\n" : ",\n") + Self.embedded(JSONText.object(members)))
        isFirst = false
    }

    func finish(_ summary: RunSummary) throws(CommandError) -> String? {
        try destination.write("\n],\n\"summary\": \(Self.embedded(JSONText.string(summary.line)))}")
        try destination.write(Self.page.after)
        return try destination.finish(isComplete: summary.isComplete)
    }

    static func wrote(_ file: FilePath, _ descriptor: Int32) throws(SystemError) -> Bool {
        var lines = LineReader(descriptor)
        var expected = Array(beginning.utf8)[...]
        var last: [UInt8] = []
        while let line = try lines.next() {
            guard line.bytes.starts(with: expected.prefix(line.bytes.count)) else { return false }
            expected = expected.dropFirst(line.bytes.count)
            last = line.bytes
        }
        return expected.isEmpty && last.starts(with: "</html>".utf8)
    }

    func abandon() {
        destination.abandon()
    }

    /// JSON that may stand in a script element: no name in it can end the element.
    private static func embedded(_ json: String) -> String {
        json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
    }
}
