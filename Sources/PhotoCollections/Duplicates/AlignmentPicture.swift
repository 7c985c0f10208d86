import Images
import Kernels
import Platform

/// A small copy of a picture, for finding out by pixels if another picture shows the same: scaled, cropped, bordered,
/// mirrored.
///
/// Normalized cross-correlation searches for the middle of one picture, at many scales, everywhere in the other. Where
/// it is found, ``PictureOverlap`` compares the details of the whole pictures.
package struct AlignmentPicture: Sendable {
    /// The side of the small picture, whatever the photo's shape.
    static let side = PictureOverlap.side
    /// The side of the template, the part in its middle that is searched for.
    private static let templateSide = 36
    /// The template's scales in the other picture, along each axis.
    private static let scales = [0.62, 0.72, 0.8, 0.9, 1, 1.12, 1.25, 1.4]
    /// The ratios of the two axes' scales: the range that cropping one of them by a quarter produces.
    private static let ratios = 0.74...1.36
    /// The correlation of the middle from which pictures are compared as a whole. Photos of different things of one
    /// kind reach it, copies exceed it.
    private static let middleCorrelation: Float = 0.85

    /// Luma minus its mean, `[side x side]`, and padding.
    private let samples: [Float]
    /// Sums of samples and of their squares above and to the left of each corner of pixels, `[side + 1 x side + 1]`.
    private let sums: [Double]
    private let squareSums: [Double]

    /// Makes the small copy of an image.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    package init(_ image: RGBImage) throws(ImageError) {
        self.init(luma: try image.luma(width: Self.side, height: Self.side).greySamples)
    }

    /// Makes a picture of its luma.
    ///
    /// - Parameter luma: `[side x side]`.
    private init(luma: [Float]) {
        let side = Self.side
        let mean = luma.reduce(0, +) / Float(luma.count)
        let samples = luma.map { $0 - mean }
        var sums = [Double](repeating: 0, count: (side + 1) * (side + 1))
        var squareSums = sums
        for y in 0..<side {
            var (line, squares) = (0.0, 0.0)
            for x in 0..<side {
                let sample = Double(samples[y * side + x])
                line += sample
                squares += sample * sample
                let above = y * (side + 1) + x + 1
                sums[above + side + 1] = sums[above] + line
                squareSums[above + side + 1] = squareSums[above] + squares
            }
        }
        self.samples = samples + [Float](repeating: 0, count: Correlation.padding)
        (self.sums, self.squareSums) = (sums, squareSums)
    }

    /// Returns the agreement of two pictures laid on one another: the correlation, up to 1, that 60% of their details
    /// reach; -1 if the middle of neither is in the other.
    ///
    /// - Parameter bar: the agreement at which the search ends; with 1, that of the best places is returned.
    package func agreement(
        with other: AlignmentPicture, bar: Float, kernels: any OperatorKernels.Type
    ) -> Float {
        var (best, closest): (Float, Float) = (-1, Self.middleCorrelation)
        for (height, width) in Self.sizes {
            for isMirrored in [false, true] {
                for (part, whole) in [(self, other), (other, self)] {
                    let template = Template(part, width: width, height: height, isMirrored: isMirrored)
                    guard let match = template?.bestMatch(in: whole, kernels: kernels), match.correlation > closest
                    else { continue }
                    closest = match.correlation
                    var overlap = PictureOverlap(
                        part.samples, isMirrored: isMirrored, on: whole.samples,
                        rows: Self.axis(from: match.y, count: height),
                        columns: Self.axis(from: match.x, count: width))
                    best = max(best, overlap.refinedAgreement(moving: Self.middle, bar: bar))
                    if best >= bar { return best }
                }
            }
        }
        return best
    }

    /// The part of each axis that the template covers.
    private static let middle = Float(side - templateSide) / 2...Float(side + templateSide) / 2

    /// Returns the positions of a picture in another one in which its template covers `count` pixels.
    private static func axis(from start: Int, count: Int) -> PictureOverlap.Axis {
        let scale = Float(count) / Float(templateSide)
        return PictureOverlap.Axis(scale: scale, offset: Float(start) - scale * middle.lowerBound)
    }

    /// The template's sizes in the other picture, the likeliest first.
    private static let sizes: [(height: Int, width: Int)] = {
        let sizes = scales.flatMap { y in scales.filter { ratios.contains($0 / y) }.map { x in (y, x) } }
        func change(_ size: (Double, Double)) -> Double { abs(log(size.0)) + abs(log(size.1)) }
        return sizes.sorted { change($0) < change($1) }.map { y, x in
            (Int((Double(templateSide) * y).rounded()), Int((Double(templateSide) * x).rounded()))
        }
    }()

    /// The middle of a picture, scaled, with mean 0 and length 1.
    private struct Template {
        let width: Int
        let height: Int
        let samples: [Float]

        /// Cuts and scales the middle of a picture.
        ///
        /// - Returns: nil if it has a single shade, which matches anywhere.
        init?(_ picture: AlignmentPicture, width: Int, height: Int, isMirrored: Bool) {
            let columns = Self.positions(width, isMirrored: isMirrored)
            let rows = Self.positions(height, isMirrored: false)
            var samples: [Float] = []
            samples.reserveCapacity(width * height)
            for row in rows {
                let line = row.first * side, next = line + side
                for column in columns {
                    let above = Self.between(
                        picture.samples[line + column.first], picture.samples[line + column.first + 1], column.share)
                    let below = Self.between(
                        picture.samples[next + column.first], picture.samples[next + column.first + 1], column.share)
                    samples.append(Self.between(above, below, row.share))
                }
            }
            let mean = samples.reduce(0, +) / Float(samples.count)
            let length = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
            // A deviation of one shade per pixel is noise.
            guard length > Float(samples.count).squareRoot() else { return nil }
            (self.width, self.height) = (width, height)
            self.samples = samples.map { ($0 - mean) / length }
        }

        private static func between(_ a: Float, _ b: Float, _ share: Float) -> Float { a + (b - a) * share }

        /// Returns the position of each of `count` samples in the picture, between two pixels.
        private static func positions(_ count: Int, isMirrored: Bool) -> [(first: Int, share: Float)] {
            let start = Double(side - templateSide) / 2, step = Double(templateSide) / Double(count)
            let positions = (0..<count).map { index in
                let position = start + (Double(index) + 0.5) * step - 0.5
                return (first: Int(position), share: Float(position - position.rounded(.down)))
            }
            return isMirrored ? positions.reversed() : positions
        }

        /// Finds the place in a picture where the template correlates best.
        func bestMatch(
            in picture: AlignmentPicture, kernels: any OperatorKernels.Type
        ) -> (correlation: Float, y: Int, x: Int) {
            let rows = side - height + 1, columns = side - width + 1
            var products = [Float](repeating: 0, count: rows * side)
            products.withUnsafeMutableBufferPointer { products in
                picture.samples.withUnsafeBufferPointer { picture in
                    samples.withUnsafeBufferPointer { template in
                        kernels.correlate(Correlation(
                            picture: picture.baseAddress!, stride: side, template: template.baseAddress!, width: width,
                            height: height, rows: rows, columns: columns, output: products.baseAddress!))
                    }
                }
            }
            var best: (correlation: Float, y: Int, x: Int) = (-1, 0, 0)
            let count = Double(width * height)
            for y in 0..<rows {
                for x in 0..<columns where products[y * side + x] > 0 {
                    let sum = picture.area(picture.sums, x, y, width, height)
                    let deviation = picture.area(picture.squareSums, x, y, width, height) - sum * sum / count
                    guard deviation > count else { continue }
                    let correlation = products[y * side + x] / Float(deviation.squareRoot())
                    if correlation > best.correlation { best = (correlation, y, x) }
                }
            }
            return best
        }
    }

    private func area(_ sums: [Double], _ x: Int, _ y: Int, _ width: Int, _ height: Int) -> Double {
        let line = Self.side + 1
        let above = y * line + x, below = above + height * line
        return sums[below + width] - sums[below] - sums[above + width] + sums[above]
    }
}
