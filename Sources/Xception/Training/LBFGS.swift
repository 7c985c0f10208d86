/// Limited-memory BFGS (Nocedal 1980; Nocedal and Wright, algorithm 7.5): minimises a smooth convex function.
struct LBFGS {
    typealias Vector = [DenseRows.Block]

    /// Steps that approximate the curvature.
    var memory = 10
    /// The largest component of the gradient at which the search ends.
    var tolerance: Float = 1e-5
    var maximumIterations = 500

    /// Returns the minimum of `function`, starting at `start`.
    ///
    /// - Parameter function: returns the value at a point, and adds the gradient there to zeros.
    func minimize(from start: Vector, _ function: (Vector, inout Vector) -> Double) -> Vector {
        let zero = Vector(repeating: .zero, count: start.count)
        var point = start
        var gradient = zero
        var value = function(point, &gradient)
        var steps: [(step: Vector, change: Vector, scale: Double)] = []
        for _ in 0..<maximumIterations {
            guard largestMagnitude(gradient) >= tolerance else { break }
            var direction = descent(gradient, steps)
            var slope = dot(gradient, direction)
            if slope >= 0 {
                // Rounding spoiled the approximation.
                steps = []
                direction = gradient.map { -$0 }
                slope = dot(gradient, direction)
            }
            // Nothing is known about the scale before the first step.
            let first = steps.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1
            guard let next = lineSearch(function, point, value, direction, slope, first: first) else { break }
            let step = subtracting(next.point, point)
            let change = subtracting(next.gradient, gradient)
            let curvature = dot(step, change)
            (point, value, gradient) = (next.point, next.value, next.gradient)
            if curvature > 1e-12 * dot(change, change) {
                if steps.count == memory { steps.removeFirst() }
                steps.append((step, change, 1 / curvature))
            }
        }
        return point
    }

    /// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
    private func descent(_ gradient: Vector, _ steps: [(step: Vector, change: Vector, scale: Double)]) -> Vector {
        var direction = gradient.map { -$0 }
        var factors = [Double](repeating: 0, count: steps.count)
        for index in steps.indices.reversed() {
            factors[index] = steps[index].scale * dot(steps[index].step, direction)
            add(-factors[index], steps[index].change, to: &direction)
        }
        if let last = steps.last {
            let scale = Float(1 / (last.scale * dot(last.change, last.change)))
            for index in direction.indices { direction[index] *= scale }
        }
        for index in steps.indices {
            let factor = factors[index] - steps[index].scale * dot(steps[index].change, direction)
            add(factor, steps[index].step, to: &direction)
        }
        return direction
    }

    /// Finds a step that meets the weak Wolfe conditions, by bisection (Lewis and Overton 2013).
    ///
    /// - Returns: nil if 30 trials find none: the function is flat to within rounding.
    private func lineSearch(
        _ function: (Vector, inout Vector) -> Double, _ point: Vector, _ value: Double, _ direction: Vector,
        _ slope: Double,
        first: Double
    ) -> (point: Vector, value: Double, gradient: Vector)? {
        // The function is computed from 32-bit floats.
        let noise = 1e-7 * max(1, abs(value))
        var (low, high, length) = (0.0, Double.infinity, first)
        for _ in 0..<30 {
            var next = point
            add(length, direction, to: &next)
            var gradient = Vector(repeating: .zero, count: point.count)
            let nextValue = function(next, &gradient)
            if !(nextValue <= value + 1e-4 * length * slope + noise) {
                high = length
            } else if dot(gradient, direction) < 0.9 * slope {
                low = length
            } else {
                return (next, nextValue, gradient)
            }
            length = high.isFinite ? (low + high) / 2 : 2 * low
        }
        return nil
    }

    private func dot(_ a: Vector, _ b: Vector) -> Double {
        var sum = SIMD8<Double>.zero
        for index in a.indices { sum += SIMD8<Double>(a[index]) * SIMD8<Double>(b[index]) }
        return sum.sum()
    }

    private func add(_ factor: Double, _ a: Vector, to b: inout Vector) {
        let factor = Float(factor)
        for index in b.indices { b[index] += factor * a[index] }
    }

    private func subtracting(_ a: Vector, _ b: Vector) -> Vector {
        var result = a
        for index in result.indices { result[index] -= b[index] }
        return result
    }

    private func largestMagnitude(_ vector: Vector) -> Float {
        var largest = DenseRows.Block.zero
        for block in vector { largest = pointwiseMax(largest, pointwiseMax(block, -block)) }
        return largest.max()
    }
}
