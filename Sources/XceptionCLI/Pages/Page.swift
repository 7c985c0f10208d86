import Platform

/// A self-contained HTML page of this program: style and scripts that its pages share, around JSON that is written
/// piece by piece.
struct Page {
    private let beforeData: String
    private let afterData: String

    /// Reads a page's template.
    ///
    /// - Parameter html: the page with comments in place of the style, of each shared script, and of its data.
    init(_ html: [UInt8]) {
        let page = String(decoding: html, as: UTF8.self)
            .replacing("<!-- page.css -->\n", with: String(decoding: PackageResources.page_css, as: UTF8.self))
            .replacing("<!-- page.js -->\n", with: String(decoding: PackageResources.page_js, as: UTF8.self))
            .replacing("<!-- cards.js -->\n", with: String(decoding: PackageResources.cards_js, as: UTF8.self))
        let data = page.firstRange(of: "<!-- data -->\n")!
        beforeData = String(page[..<data.lowerBound])
        afterData = String(page[data.upperBound...])
    }

    /// Writes the part before the data.
    func open(_ destination: OutputDestination) throws(CommandError) {
        try destination.write(beforeData)
    }

    /// Writes a part of the data, which cannot end the script element around it.
    static func embed(_ json: String, in destination: OutputDestination) throws(CommandError) {
        try destination.write(JSONText.inScript(json))
    }

    /// Writes the part after the data.
    func close(_ destination: OutputDestination) throws(CommandError) {
        try destination.write(afterData)
    }

    /// Returns the URL, as the page's links need it, of the folder that the program runs in, with a slash at its end.
    ///
    /// - Parameters:
    ///   - page: the page's path; below that folder, page and photos can be moved together.
    ///   - folder: the folder's own absolute path.
    static func base(for page: FilePath, in folder: FilePath) -> String {
        let steps = page.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).dropLast()
            .filter { !$0.elementsEqual(".".utf8) }
        guard page.bytes.first != UInt8(ascii: "/"), !steps.contains(where: { $0.elementsEqual("..".utf8) }) else {
            return "file://" + folder.percentEncoded + "/"
        }
        return String(repeating: "../", count: steps.count)
    }
}
