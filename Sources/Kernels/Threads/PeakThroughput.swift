import Platform

/// Multiplies and adds in registers alone.
///
/// - Returns: a value that depends on all results, so that none is optimized away.
@_alwaysEmitIntoClient @inline(__always)
func multiplyAddLoop<F: OperandFormat>(_: F.Type, steps: Int) -> Float {
    // Twelve chains hide four cycles of latency on two units and fit into 16 registers.
    func sums(_ value: Float) -> F.Sums { unsafeBitCast(F.Vector(repeating: value), to: F.Sums.self) }
    func words(_ sums: F.Sums) -> F.Words { unsafeBitCast(sums, to: F.Words.self) }
    var s0 = sums(1), s1 = sums(2), s2 = sums(3), s3 = sums(4), s4 = sums(5), s5 = sums(6)
    var s6 = sums(7), s7 = sums(8), s8 = sums(9), s9 = sums(10), s10 = sums(11), s11 = sums(12)
    let factor = words(sums(1))
    for _ in 0..<steps {
        // The factors change, so that no product can be moved out of the loop.
        s0 = F.multiplyAdd(s0, factor, words(s1))
        s1 = F.multiplyAdd(s1, factor, words(s2))
        s2 = F.multiplyAdd(s2, factor, words(s3))
        s3 = F.multiplyAdd(s3, factor, words(s4))
        s4 = F.multiplyAdd(s4, factor, words(s5))
        s5 = F.multiplyAdd(s5, factor, words(s6))
        s6 = F.multiplyAdd(s6, factor, words(s7))
        s7 = F.multiplyAdd(s7, factor, words(s8))
        s8 = F.multiplyAdd(s8, factor, words(s9))
        s9 = F.multiplyAdd(s9, factor, words(s10))
        s10 = F.multiplyAdd(s10, factor, words(s11))
        s11 = F.multiplyAdd(s11, factor, words(s0))
    }
    func value(_ sums: F.Sums) -> F.Vector { unsafeBitCast(sums, to: F.Vector.self) }
    let first = value(s0) + value(s1) + value(s2) + value(s3)
    let second = value(s4) + value(s5) + value(s6) + value(s7)
    let third = value(s8) + value(s9) + value(s10) + value(s11)
    return first[0] + second[0] + third[0]
}

extension ConvolutionEngine {
    /// The rate of multiply-adds in registers alone, of all threads together, in the engine's precision: an upper bound
    /// for matrix products by the same arithmetic.
    ///
    /// - Returns: billions of operations per second, a multiply-add being two; the best of `rounds`.
    public func peakThroughput(rounds: Int = 5) -> Double {
        let kernels = productKernels
        let steps = 1_000_000
        let operations = Double(steps * 12 * kernels.lanes * kernels.valuesPerWord * 2 * team.count)
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<rounds {
            let duration = clock.measure {
                team.onEachThread { _ in keep(kernels.multiplyAddLoop(steps: steps)) }
            }
            best = max(best, operations / (duration.milliseconds * 1e6))
        }
        return best
    }
}

/// Keeps the optimizer from removing the computation of `value`.
@inline(never)
package func keep(_ value: Float) {
    withExtendedLifetime(value) {}
}
