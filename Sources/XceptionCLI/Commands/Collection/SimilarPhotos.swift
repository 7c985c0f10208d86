import PhotoCollections
import Platform
import Synchronization

/// The photos that are most like a query.
struct SimilarPhotos: Sendable {
    struct Neighbor: Sendable {
        let path: FilePath
        let width: Int
        let height: Int
        let similarity: Double

        /// The similarity with the digits that byte features can give.
        var number: String { NumberText.fixed(similarity, digits: 4) }
    }

    let query: ImageName
    var neighbors: [Neighbor]

    static func text(_ answers: [SimilarPhotos], in format: ListFormat) -> String {
        switch format {
        case .text:
            // One query needs no title.
            answers.enumerated().map { index, answer in
                let title = answers.count > 1 ? (index > 0 ? "\n" : "") + answer.query.line + "\n" : ""
                return title
                    + answer.neighbors.map { "\(TerminalText.leading($0.number, to: 7))  \($0.path.line)\n" }.joined()
            }.joined()
        case .jsonl: answers.map { $0.json + "\n" }.joined()
        case .json:
            "{\"schema\": \"xception.similar/1\",\n \"results\": [\n   "
                + answers.map(\.json).joined(separator: ",\n   ") + "]}\n"
        case .csv:
            "query,rank,similarity,path,width,height\n" + answers.map(\.csv).joined()
        }
    }

    private var csv: String {
        var text = ""
        for (rank, neighbor) in neighbors.enumerated() {
            let fields: [String] = [
                CSVText.path(query.path), "\(rank + 1)", neighbor.number, CSVText.path(neighbor.path),
                "\(neighbor.width)", "\(neighbor.height)",
            ]
            text += fields.map { CSVText.field($0, separator: ",") }.joined(separator: ",") + "\n"
        }
        return text
    }

    static func pages(_ answers: [SimilarPhotos]) -> PhotoPages {
        PhotoPages(title: "Similar photos", groups: answers.map { answer in
            let query = answer.query.isPath
                ? [PhotoPages.Photo(path: answer.query.path, lines: ["query"], isMarked: true)] : []
            return PhotoPages.Group(
                title: answer.query.line,
                photos: query + answer.neighbors.map { neighbor in
                    PhotoPages.Photo(
                        path: neighbor.path, lines: ["\(neighbor.number), \(neighbor.width) x \(neighbor.height)"])
                })
        })
    }

    private var json: String {
        JSONText.object([
            ("path", JSONText.string(query.path.text)),
            ("results", JSONText.array(neighbors.enumerated().map { rank, neighbor in
                JSONText.object([
                    ("rank", "\(rank + 1)"), ("path", JSONText.string(neighbor.path.text)),
                    ("similarity", neighbor.number), ("width", "\(neighbor.width)"), ("height", "\(neighbor.height)"),
                ])
            })),
        ])
    }
}

/// Keeps the photos that are most like each query as features come.
final class GatheredNeighbors: Sendable {
    private struct State {
        var nearest: [NearestPhotos]
        var photos: [Int: SimilarPhotos.Neighbor] = [:]
        var count = 0
    }

    private let queries: [SimilarityQuery]
    private let minimum: Double
    private let state: Mutex<State>

    init(_ queries: [SimilarityQuery], count: Int, minimum: Double) {
        self.queries = queries
        self.minimum = minimum
        state = Mutex(State(nearest: queries.map { _ in NearestPhotos(capacity: count) }))
    }

    func add(_ path: FilePath, _ photo: PhotoFeatures) {
        state.withLock { state in
            state.count += 1
            for (index, query) in queries.enumerated() {
                let similarity = query.similarity(to: photo.features)
                guard similarity >= max(minimum, state.nearest[index].floor) else { continue }
                state.nearest[index].insert(Neighbor(id: state.count, similarity: similarity))
                state.photos[state.count] = SimilarPhotos.Neighbor(
                    path: path, width: photo.width, height: photo.height, similarity: 0)
            }
        }
    }

    var results: [[SimilarPhotos.Neighbor]] {
        state.withLock { state in
            state.nearest.map { nearest in
                nearest.sorted.compactMap { neighbor in
                    state.photos[neighbor.id].map {
                        SimilarPhotos.Neighbor(
                            path: $0.path, width: $0.width, height: $0.height, similarity: neighbor.similarity)
                    }
                }
            }
        }
    }
}

/// The formats of commands that write a list when they are done.
enum ListFormat: String, CommandFormat {
    case text, json, jsonl, csv

    static let standard = text

    var grows: Bool { false }

    var endings: [String] {
        switch self {
        case .text: [".txt"]
        case .json: [".json"]
        case .jsonl: [".jsonl", ".ndjson"]
        case .csv: [".csv"]
        }
    }
}
