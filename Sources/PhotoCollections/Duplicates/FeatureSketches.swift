import Kernels
import Platform
import Synchronization

/// 256 bytes of each photo, which exclude most pairs that are not alike: for photos i and j the cosine of features is
/// at most `step^2 * (bytes i . bytes j + residuals i * residuals j + errors i + errors j)`.
struct FeatureSketches: Sendable {
    /// Coordinates in a ``FeatureSubspace`` by `step`, `[photos x 256]`.
    private(set) var bytes: [Int8]
    /// The sum of each row of `bytes`.
    private(set) var sums: [Int32]
    /// The lengths of the features outside of the subspace, by `step`.
    private(set) var residuals: [Float]
    /// The lengths of the errors of rounding to bytes, by `step^2`.
    private(set) var errors: [Float]
    let step: Float

    static let length = FeatureSubspace.dimensions
    /// The number of photos in one piece of a thread's work.
    private static let chunk = 256
    /// An upper limit of the rounding errors of the directions and of sums of 32-bit floats.
    private static let tolerance: Float = 1e-3

    /// - Complexity: O(photos x features x 256).
    init(_ photos: ComparedPhotos, kernels: any RowKernels.Type, threads: Int) {
        let (count, chunk) = (photos.count, Self.chunk)
        guard count > 0 else {
            self.init(step: 1)
            return
        }
        let subspace = FeatureSubspace(of: photos)
        // The coordinates of some photos give the step. Larger ones are cut off, which counts as rounding.
        let largest = subspace.coordinates(0..<min(count, chunk), of: photos, kernels: kernels).reduce(1e-6) {
            max($0, abs($1))
        }
        let step = largest / 127
        let next = Atomic<Int>(0)
        let parts = Mutex<[Int: FeatureSketches]>([:])
        onThreads(threads) {
            while true {
                let start = next.add(chunk, ordering: .relaxed).oldValue
                guard start < count else { break }
                let range = start..<min(start + chunk, count)
                let coordinates = subspace.coordinates(range, of: photos, kernels: kernels)
                var part = FeatureSketches(step: step)
                for index in 0..<range.count {
                    part.append(coordinates[index * Self.length..<(index + 1) * Self.length])
                }
                parts.withLock { $0[start] = part }
            }
        }
        self.init(step: step)
        bytes.reserveCapacity(count * Self.length)
        var rest = parts.withLock { $0 }
        for start in stride(from: 0, to: count, by: chunk) { append(rest.removeValue(forKey: start)!) }
    }

    private init(step: Float) {
        (bytes, sums, residuals, errors) = ([], [], [], [])
        self.step = step
    }

    private mutating func append(_ coordinates: ArraySlice<Float>) {
        var (sum, square, error) = (Int32(0), Float(0), Float(0))
        for coordinate in coordinates {
            let byte = Int8(max(-127, min(127, (coordinate / step).rounded(.toNearestOrEven))))
            let difference = coordinate - Float(byte) * step
            bytes.append(byte)
            sum += Int32(byte)
            square += coordinate * coordinate
            error += difference * difference
        }
        sums.append(sum)
        residuals.append(max(0, 1 - square).squareRoot() / step)
        // Rounded coordinates may be a little longer than 1.
        errors.append((1.05 * error.squareRoot() + Self.tolerance) / (step * step))
    }

    private mutating func append(_ other: FeatureSketches) {
        bytes += other.bytes
        sums += other.sums
        residuals += other.residuals
        errors += other.errors
    }
}
