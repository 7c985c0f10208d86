import Kernels
import Platform
import PhotoCollections
import Xception

/// Groups of photos that show the same thing. They are held out together; otherwise the accuracy would be that of
/// recognising one shot by another.
struct PhotoGroups {
    /// A number per photo.
    private(set) var numbers: [Int]
    /// Groups of photos that show the same picture, as indices.
    private(set) var copies: [[Int]] = []

    init(count: Int) {
        numbers = Array(0..<count)
    }

    /// Joins photos whose keys are equal.
    mutating func join(by keys: [String]) {
        var first: [String: Int] = [:]
        for (photo, key) in keys.enumerated() {
            if let other = first[key] { join(photo, other) } else { first[key] = photo }
        }
    }

    /// Joins photos that `duplicates` finds to be copies of one another.
    ///
    /// - Parameter picture: returns a photo's small picture; nil if it cannot be read.
    mutating func joinCopies(
        _ photos: [PhotoDescription], kernels: ProcessorKernels, threads: Int,
        picture: @escaping @Sendable (Int) -> AlignmentPicture?
    ) throws(CommandError) {
        guard let count = photos.first?.features.count else { return }
        let mean = GenericMean.standard(featureCount: count)
        do throws(CollectionError) {
            var compared = try ComparedPhotos(featureCount: count, capacity: photos.count)
            for photo in photos { compared.append(QuantizedFeatures(photo.features, mean: mean), photo.hash) }
            let search = DuplicateSearch(compared, kernels: kernels, threads: threads, picture: picture)
            copies = (search.groups()?.groups ?? []).map { [$0.kept] + $0.copies.map(\.photo) }
        } catch {
            throw .fatal("there is not enough memory to compare \(photos.count) photos")
        }
        for group in copies { for photo in group.dropFirst() { join(photo, group[0]) } }
    }

    private mutating func join(_ a: Int, _ b: Int) {
        let (from, to) = (numbers[a], numbers[b])
        guard from != to else { return }
        for photo in numbers.indices where numbers[photo] == from { numbers[photo] = to }
    }
}

/// The rule of `--groups`: the part of a name that identifies a group.
enum GroupRule: Equatable {
    /// Photos of one folder.
    case folder
    /// Photos whose paths have the same match of a regular expression, or of its first group.
    case pattern(String)

    init(argument: String) {
        self = argument == "folder" ? .folder : .pattern(argument)
    }

    /// Returns a key per path, unique for a path that the expression does not match.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if it is not a regular expression.
    func keys(_ paths: [FilePath]) throws(CommandError) -> [String] {
        switch self {
        case .folder: return paths.map(\.parent.text)
        case .pattern(let pattern):
            guard let expression = try? Regex(pattern) else {
                throw .usage("--groups takes 'folder' or a regular expression, not \(pattern.quoted)")
            }
            return paths.enumerated().map { index, path in
                guard let match = try? expression.firstMatch(in: path.text) else { return "\u{0}\(index)" }
                let part = match.output.count > 1 ? match.output[1].substring : nil
                return String(part ?? path.text[match.range])
            }
        }
    }
}
