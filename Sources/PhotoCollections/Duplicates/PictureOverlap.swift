import Platform

/// A small picture laid on another, compared tile by tile where both exist.
///
/// The middles of photos of two flowers may correlate although everything around them differs; copies agree in all
/// of their details except for what was added: a border, a line of text.
struct PictureOverlap {
    /// A position along one axis of the picture below, as a function of one in the picture above: in pixels, from the
    /// first one's edge.
    struct Axis {
        var scale: Float
        var offset: Float

        func position(_ position: Float) -> Float { scale * position + offset }

        /// Returns the axis after the positions of the ends of a range were moved.
        fileprivate func moved(_ start: Float, _ end: Float, of range: ClosedRange<Float>) -> Axis {
            let first = position(range.lowerBound) + start
            let scale = (position(range.upperBound) + end - first) / (range.upperBound - range.lowerBound)
            return Axis(scale: scale, offset: first - scale * range.lowerBound)
        }
    }

    /// The side of both pictures.
    static let side = 64
    private static let tileSide = 8
    private static let tileCount = side / tileSide
    /// The fewest tiles that are an overlap.
    private static let fewestTiles = 12
    /// The share of the common detail that may differ: what a border or a line of text covers.
    private static let differingShare: Float = 0.4
    /// The deviation, in shades, above which a tile has no more weight: sharp edges are not the whole picture.
    private static let fullDeviation: Float = 12
    /// The variance of noise.
    private static let noise: Float = 4
    /// The distances in pixels by which the ends of the part in the middle are moved, and the ways.
    private static let steps: [Float] = [1, 0.5, 0.25, 0.125]
    private static let moves: [(start: Float, end: Float)] = [
        (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1),
    ]
    /// The most moves of one distance: a search that goes further has lost its way.
    private static let mostMoves = 16
    private static let scales: ClosedRange<Float> = 0.4...2

    /// The picture above, each tile less its mean: `[side x side]`.
    private let above: [Float]
    /// The variances of its tiles.
    private let variances: [Float]
    /// The picture below.
    private let below: [Float]
    private var rows: Axis
    private var columns: Axis

    /// Lays a picture on another.
    ///
    /// - Parameters:
    ///   - above: luma, `[side x side]`; likewise `below`, which may be followed by padding.
    ///   - isMirrored: true to lay the mirror image of `above`.
    init(_ above: [Float], isMirrored: Bool, on below: [Float], rows: Axis, columns: Axis) {
        var samples = [Float](repeating: 0, count: Self.side * Self.side)
        var variances: [Float] = []
        for y in stride(from: 0, to: Self.side, by: Self.tileSide) {
            for x in stride(from: 0, to: Self.side, by: Self.tileSide) {
                var sum: Float = 0, squares: Float = 0
                for row in y..<y + Self.tileSide {
                    for column in x..<x + Self.tileSide {
                        let sample = above[row * Self.side + (isMirrored ? Self.side - 1 - column : column)]
                        samples[row * Self.side + column] = sample
                        sum += sample
                    }
                }
                let mean = sum / Self.tileArea
                for row in y..<y + Self.tileSide {
                    for index in row * Self.side + x..<row * Self.side + x + Self.tileSide {
                        samples[index] -= mean
                        squares += samples[index] * samples[index]
                    }
                }
                variances.append(squares / Self.tileArea)
            }
        }
        self.above = samples
        self.variances = variances
        self.below = below
        self.rows = rows
        self.columns = columns
    }

    private static var tileArea: Float { Float(tileSide * tileSide) }

    /// Moves and scales the picture in small steps for as long as tiles correlate better, and returns the agreement.
    ///
    /// - Parameters:
    ///   - range: the part along each axis of the picture above whose ends are moved.
    ///   - bar: the agreement at which the search ends.
    mutating func refinedAgreement(moving range: ClosedRange<Float>, bar: Float) -> Float {
        var tiles = self.tiles(rows, columns)
        var best = Self.agreement(tiles)
        for step in Self.steps where best < bar {
            var moves = 0
            var hasMoved = true
            while hasMoved, moves < Self.mostMoves {
                hasMoved = false
                for axis in [\PictureOverlap.rows, \.columns] {
                    var correlation = Self.meanCorrelation(tiles) + 1e-4
                    let start = self[keyPath: axis]
                    for move in Self.moves {
                        let moved = start.moved(move.start * step, move.end * step, of: range)
                        guard Self.scales.contains(moved.scale) else { continue }
                        let candidates =
                            axis == \PictureOverlap.rows ? self.tiles(moved, columns) : self.tiles(rows, moved)
                        let candidate = Self.meanCorrelation(candidates)
                        guard candidate > correlation else { continue }
                        (correlation, tiles, self[keyPath: axis], hasMoved) = (candidate, candidates, moved, true)
                    }
                }
                moves += 1
            }
            best = max(best, Self.agreement(tiles))
        }
        return best
    }

    /// A tile of the picture above that lies inside the picture below.
    private struct Tile {
        let covariance: Float
        let variance: Float
        let otherVariance: Float

        /// The correlation; noise counts as a difference.
        var correlation: Float {
            covariance / ((variance + noise) * (otherVariance + noise)).squareRoot()
        }
    }

    /// Compares all tiles.
    private func tiles(_ rows: Axis, _ columns: Axis) -> [Tile] {
        let lines = Samples(rows), places = Samples(columns)
        var tiles: [Tile] = []
        tiles.reserveCapacity(Self.tileCount * Self.tileCount)
        var line = [Float](repeating: 0, count: Self.side)
        for tileRow in 0..<Self.tileCount where lines.isInside[tileRow] {
            var sums = [SIMD4<Float>](repeating: .zero, count: Self.tileCount)
            for y in tileRow * Self.tileSide..<(tileRow + 1) * Self.tileSide {
                let start = lines.first[y] * Self.side
                for x in 0..<Self.side {
                    let upper = below[start + x]
                    line[x] = upper + (below[start + Self.side + x] - upper) * lines.share[y]
                }
                for tile in 0..<Self.tileCount where places.isInside[tile] {
                    var sum = SIMD4<Float>.zero
                    for x in tile * Self.tileSide..<(tile + 1) * Self.tileSide {
                        let left = line[places.first[x]]
                        let sample = left + (line[places.first[x] + 1] - left) * places.share[x]
                        sum += SIMD4(sample, sample * sample, sample * above[y * Self.side + x], 0)
                    }
                    sums[tile] += sum
                }
            }
            for tile in 0..<Self.tileCount where places.isInside[tile] {
                let means = sums[tile] / Self.tileArea
                // The samples above have a mean of 0 in each tile.
                tiles.append(Tile(
                    covariance: means.z, variance: variances[tileRow * Self.tileCount + tile],
                    otherVariance: max(0, means.y - means.x * means.x)))
            }
        }
        return tiles
    }

    /// The positions of samples along one axis of the picture below, each between two pixels.
    private struct Samples {
        var first: [Int] = []
        var share: [Float] = []
        /// True for each tile whose samples all lie inside.
        var isInside: [Bool] = []

        init(_ axis: Axis) {
            let last = Float(side - 1)
            for index in 0..<side {
                let position = axis.position(Float(index) + 0.5) - 0.5
                if index % tileSide == 0 { isInside.append(true) }
                if position < -0.5 || position > last + 0.5 { isInside[index / tileSide] = false }
                let inside = max(0, min(last, position))
                first.append(min(side - 2, Int(inside)))
                share.append(inside - Float(first[index]))
            }
        }
    }

    /// Returns the mean of tiles' correlations, of which none counts as less than 0; -1 without an overlap.
    private static func meanCorrelation(_ tiles: [Tile]) -> Float {
        guard tiles.count >= fewestTiles else { return -1 }
        return tiles.reduce(0) { $0 + max(0, $1.correlation) } / Float(tiles.count)
    }

    /// Returns the correlation that all tiles reach except those with the worst 40% of the common detail; -1 without an
    /// overlap, or without any detail.
    private static func agreement(_ tiles: [Tile]) -> Float {
        let details = tiles.map { tile in
            let variance = min(tile.variance, tile.otherVariance)
            return (
                weight: min(variance.squareRoot(), fullDeviation),
                // Without an allowance for noise: copies of a faint picture are copies.
                correlation: variance > 0 ? tile.covariance / (tile.variance * tile.otherVariance).squareRoot() : 0)
        }.sorted { $0.correlation < $1.correlation }
        var rest = details.reduce(0) { $0 + $1.weight } * differingShare
        guard tiles.count >= fewestTiles, rest > 0 else { return -1 }
        for detail in details {
            rest -= detail.weight
            if rest <= 0 { return detail.correlation }
        }
        return details[details.count - 1].correlation
    }
}
