import Platform

/// Multinomial logistic regression: mean cross-entropy plus (lambda / 2) |W|^2, the bias free.
struct LogisticRegression: Sendable {
    typealias Block = DenseRows.Block

    let rows: DenseRows
    /// A class index per row.
    let labels: [Int]
    let classes: Int
    /// The weight of a photo's loss, per class; nil for 1.
    let classWeights: [Double]?
    /// lambda
    let regularization: Double

    /// The result of a fit, in the space of the rows.
    struct Solution: Sendable {
        fileprivate let blocksPerRow: Int
        fileprivate let classes: Int
        /// `[classes x blocksPerRow]`, then the bias.
        fileprivate let parameters: [Block]

        /// Returns a class's weights, padded with zeros to whole blocks.
        func weights(of index: Int) -> [Float] {
            parameters[index * blocksPerRow..<(index + 1) * blocksPerRow].flatMap { block in
                block.indices.map { block[$0] }
            }
        }

        func bias(of index: Int) -> Float {
            parameters[classes * blocksPerRow + index / Block.scalarCount][index % Block.scalarCount]
        }
    }

    /// Fits the rows of a subset, deterministically.
    func fit(_ subset: [Int]) -> Solution {
        let count = classes * rows.blocksPerRow + DenseRows.blocks(for: classes)
        let weights = subset.map { classWeights?[labels[$0]] ?? 1 }
        let total = weights.reduce(0, +)
        let parameters = LBFGS().minimize(from: [Block](repeating: .zero, count: count)) { parameters, gradient in
            loss(parameters, &gradient, subset, weights.map { $0 / total })
        }
        return Solution(blocksPerRow: rows.blocksPerRow, classes: classes, parameters: parameters)
    }

    /// Returns the logits of a row whose vector is multiplied by `scale`.
    func logits(_ solution: Solution, row: Int, scale: Float) -> [Float] {
        let first = row * rows.blocksPerRow
        return (0..<classes).map { index in
            var sum = Block.zero
            let weights = index * rows.blocksPerRow
            for block in 0..<rows.blocksPerRow {
                sum += rows.blocks[first + block] * solution.parameters[weights + block]
            }
            return scale * sum.sum() + solution.bias(of: index)
        }
    }

    /// The number of rows computed together: each weight is loaded once for all of them.
    private static var batch: Int { 4 }

    private func loss(_ parameters: [Block], _ gradient: inout [Block], _ subset: [Int], _ weights: [Double]) -> Double
    {
        let width = rows.blocksPerRow
        let biases = classes * width
        var loss = 0.0
        var logits = [[Double]](repeating: [Double](repeating: 0, count: classes), count: Self.batch)
        var biasGradient = [Double](repeating: 0, count: classes)
        for start in stride(from: 0, to: subset.count, by: Self.batch) {
            let count = min(Self.batch, subset.count - start)
            // Missing rows at the end repeat the last one, with a weight of zero.
            let first = (0..<Self.batch).map { subset[start + min($0, count - 1)] * width }
            multiply(first, parameters, into: &logits)
            for member in 0..<count {
                let bias = { (index: Int) in
                    Double(parameters[biases + index / Block.scalarCount][index % Block.scalarCount])
                }
                loss += weights[start + member]
                    * Self.crossEntropy(
                        &logits[member], bias, label: labels[subset[start + member]], weight: weights[start + member])
            }
            for member in count..<Self.batch { logits[member] = [Double](repeating: 0, count: classes) }
            for index in 0..<classes { biasGradient[index] += (0..<count).reduce(0) { $0 + logits[$1][index] } }
            accumulate(first, logits, into: &gradient)
        }
        var squares = 0.0
        let lambda = Float(regularization)
        for index in 0..<biases {
            let block = SIMD8<Double>(parameters[index])
            squares += (block * block).sum()
            gradient[index] += lambda * parameters[index]
        }
        for index in 0..<classes {
            gradient[biases + index / Block.scalarCount][index % Block.scalarCount] = Float(biasGradient[index])
        }
        return loss + regularization / 2 * squares
    }

    /// The products of four rows with all classes' weights.
    private func multiply(_ first: [Int], _ parameters: [Block], into logits: inout [[Double]]) {
        let width = rows.blocksPerRow
        let (a, b, c, d) = (first[0], first[1], first[2], first[3])
        for index in 0..<classes {
            var sums = (Block.zero, Block.zero, Block.zero, Block.zero)
            for block in 0..<width {
                let weight = parameters[index * width + block]
                sums.0 += rows.blocks[a + block] * weight
                sums.1 += rows.blocks[b + block] * weight
                sums.2 += rows.blocks[c + block] * weight
                sums.3 += rows.blocks[d + block] * weight
            }
            logits[0][index] = Double(sums.0.sum())
            logits[1][index] = Double(sums.1.sum())
            logits[2][index] = Double(sums.2.sum())
            logits[3][index] = Double(sums.3.sum())
        }
    }

    /// Adds four rows, times their derivatives of the loss by each logit, to the gradient.
    private func accumulate(_ first: [Int], _ derivatives: [[Double]], into gradient: inout [Block]) {
        let width = rows.blocksPerRow
        let (a, b, c, d) = (first[0], first[1], first[2], first[3])
        for index in 0..<classes {
            let factors = derivatives.map { Float($0[index]) }
            let (p, q, r, s) = (factors[0], factors[1], factors[2], factors[3])
            for block in 0..<width {
                gradient[index * width + block] +=
                    (p * rows.blocks[a + block] + q * rows.blocks[b + block])
                    + (r * rows.blocks[c + block] + s * rows.blocks[d + block])
            }
        }
    }

    /// Returns the cross-entropy of one row; `logits` become the derivatives of `weight` times it.
    private static func crossEntropy(
        _ logits: inout [Double], _ bias: (Int) -> Double, label: Int, weight: Double
    ) -> Double {
        for index in logits.indices { logits[index] += bias(index) }
        let largest = logits.max()!
        let own = logits[label]
        var sum = 0.0
        for index in logits.indices {
            logits[index] = exp(logits[index] - largest)
            sum += logits[index]
        }
        for index in logits.indices { logits[index] *= weight / sum }
        logits[label] -= weight
        return largest - own + log(sum)
    }
}
