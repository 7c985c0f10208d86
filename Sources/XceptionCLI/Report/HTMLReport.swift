import Platform
import Xception

/// One page to look at: every image with its answers. It loads nothing from elsewhere, and is
/// written as results come, so that memory does not grow with their number.
final class HTMLReport {
    private let destination: OutputDestination
    private var isFirst = true

    /// The longer side of a thumbnail, in pixels: sharp on a card of half that width.
    static let thumbnailSize = 240

    /// Ends the program if the file cannot be written to.
    init(file: FilePath, model: ModelDescription) {
        destination = OutputDestination(replacing: file)
        destination.write(ReportPage.start)
        destination.write("{\"model\": \(Self.embedded(model.json)),\n\"results\": [")
    }

    func add(_ result: ImageResult) {
        let outcome: (String, String)
        switch result.outcome {
        case .success(let answer):
            outcome = ("answers", JSONText.array(answer.predictions.map {
                JSONText.array([
                    JSONText.string($0.label), JSONText.string($0.id), JSONText.number(Double($0.probability), digits: 6),
                ])
            }))
        case .failure(let failure):
            outcome = ("error", JSONText.string("\(failure.code): \(failure.message)"))
        }
        var members = [("path", JSONText.string(result.path.text)), outcome]
        if let thumbnail = result.thumbnail { members.append(("thumbnail", JSONText.string(base64(thumbnail)))) }
        destination.write((isFirst ? "\n" : ",\n") + Self.embedded(JSONText.object(members)))
        isFirst = false
    }

    func finish(_ summary: RunSummary) {
        destination.write("\n],\n\"summary\": \(Self.embedded(JSONText.string(summary.line)))}")
        destination.write(ReportPage.end)
        destination.finish()
    }

    /// JSON that may stand in a script element: no name in it can end the element.
    private static func embedded(_ json: String) -> String {
        json.split(separator: "<", omittingEmptySubsequences: false).joined(separator: "\\u003c")
    }
}

/// RFC 4648, section 4.
func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for digit in 0..<4 {
            text.append(digit <= group.count ? digits[bits >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
