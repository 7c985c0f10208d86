import Images
import Platform
import Synchronization

/// Pages of photos in groups: thumbnails with a line or two under each. They load nothing from elsewhere.
struct PhotoPages {
    struct Photo: Sendable {
        let path: FilePath
        /// Lines under the path.
        let lines: [String]
        /// True to highlight the photo among those of its group.
        var isMarked = false
    }

    struct Group {
        let title: String
        let photos: [Photo]
    }

    let title: String
    let groups: [Group]

    /// The number of photos per page, for browsers. A group is not divided.
    private static let photosPerPage = 600
    /// The longer side of a thumbnail in pixels.
    private static let thumbnailSize = 240

    /// The groups, divided into pages.
    private var pages: [[Group]] {
        var pages: [[Group]] = [[]]
        var count = 0
        for group in groups {
            if count > 0, count + group.photos.count > Self.photosPerPage {
                pages.append([])
                count = 0
            }
            pages[pages.count - 1].append(group)
            count += group.photos.count
        }
        return pages
    }

    /// Writes the first page to a file, and the others to `NAME-2.html` and so on beside it.
    ///
    /// - Parameter check: checks the files before they are replaced.
    /// - Throws: ``CommandError`` if a file must not or cannot be written.
    func write(
        to file: FilePath, _ preparation: ImagePreparation, threads: Int, check: ([FilePath]) throws(CommandError) -> Void
    ) throws(CommandError) {
        var preparation = preparation
        preparation.thumbnailSize = Self.thumbnailSize
        let pages = pages
        let files = pages.indices.map { file.numbered($0) }
        try check(files)
        for (index, groups) in pages.enumerated() {
            let thumbnails = Self.thumbnails(of: groups.flatMap(\.photos), preparation, threads: threads)
            let links = pages.count == 1 ? "" : "<p>" + files.enumerated().map { number, file in
                number == index ? "<b>\(number + 1)</b>" : "<a href=\"\(FilePath(bytes: file.lastComponent).percentEncoded)\">\(number + 1)</a>"
            }.joined(separator: " ") + "</p>\n"
            let destination = try OutputDestination(replacing: files[index])
            try destination.write(Self.head + "<h1>\(title.escapedForHTML)</h1>\n" + links)
            var next = 0
            for group in groups {
                try destination.write("<section><h2>\(group.title.escapedForHTML)</h2>\n")
                for photo in group.photos {
                    try destination.write(Self.figure(photo, thumbnails[next]))
                    next += 1
                }
                try destination.write("</section>\n")
            }
            try destination.write(links + "</html>\n")
            _ = try destination.finish(isComplete: true)
        }
    }

    private static func figure(_ photo: Photo, _ thumbnail: [UInt8]?) -> String {
        let picture = thumbnail.map { "<img loading=\"lazy\" alt=\"\" src=\"data:image/jpeg;base64,\(base64($0))\">" }
            ?? "<div class=\"none\">cannot be shown</div>"
        let lines = photo.lines.map { "<div class=\"dim\">\($0.escapedForHTML)</div>" }.joined()
        return "<figure\(photo.isMarked ? " class=\"marked\"" : "")>\(picture)<figcaption>"
            + "<div class=\"path\">\(photo.path.line.escapedForHTML)</div>\(lines)</figcaption></figure>\n"
    }

    /// Returns thumbnails of photos, in their order; nil for one that cannot be read.
    private static func thumbnails(of photos: [Photo], _ preparation: ImagePreparation, threads: Int) -> [[UInt8]?] {
        let next = Atomic<Int>(0)
        let thumbnails = Mutex([[UInt8]?](repeating: nil, count: photos.count))
        onThreads(threads) {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < photos.count else { return }
                let image = try? preparation.decode(.file(photos[index].path), until: .ofProcess)?.image
                let thumbnail = image.flatMap { preparation.thumbnail(of: $0) }
                thumbnails.withLock { $0[index] = thumbnail }
            }
        }
        return thumbnails.withLock { $0 }
    }

    private static let head = """
        <!doctype html>
        <html lang="en">
        <meta name="generator" content="xception">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>xception</title>
        <link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; --back: #f6f6f4; --card: #fff; --text: #1c1c1a; --dim: #6b6b66; --line: #dededa; --mark: #2f7d5b }
        @media (prefers-color-scheme: dark) {
          :root { --back: #161615; --card: #222220; --text: #ecece8; --dim: #9c9c95; --line: #3a3a37; --mark: #5cb58c }
        }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 1400px; padding: 1.5rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
        h1 { margin: 0; font-size: 1.5rem } h2 { flex: 1 0 100%; margin: 1.2rem 0 0; font-size: 1.05rem; overflow-wrap: anywhere }
        section { display: flex; flex-wrap: wrap; gap: 1rem; content-visibility: auto; contain-intrinsic-size: auto 20rem }
        figure { width: 13rem; margin: 0; overflow: hidden; border: 1px solid var(--line); border-radius: 8px; background: var(--card) }
        figure.marked { border: 2px solid var(--mark) }
        img, .none { display: block; width: 100%; height: 9rem; object-fit: contain; background: var(--line) }
        .none { padding: 3.5rem 0; text-align: center }
        figcaption { padding: .4rem .6rem .6rem; font-size: 13px; overflow-wrap: anywhere } .path { font-weight: 600 } .dim, .none { color: var(--dim) }
        </style>

        """
}

extension String {
    fileprivate var escapedForHTML: String {
        // Works by scalar, so that "<" with a combining mark is escaped as well.
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text.append(contentsOf: "&amp;".unicodeScalars)
            case "<": text.append(contentsOf: "&lt;".unicodeScalars)
            case ">": text.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": text.append(contentsOf: "&quot;".unicodeScalars)
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}

extension FilePath {
    /// Returns `NAME.html`, then `NAME-2.html`.
    fileprivate func numbered(_ index: Int) -> FilePath {
        guard index > 0 else { return self }
        let name = Array(lastComponent)
        let end = name.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? name.count
        return FilePath(bytes: bytes.dropLast(name.count) + name[..<end] + Array("-\(index + 1)".utf8) + name[end...])
    }
}
