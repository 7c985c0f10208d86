/// Multiply-adds in registers alone: what no product of matrices can outrun by the same
/// arithmetic.
///
/// - Returns: a value that depends on all of them, so that none is left out.
@_alwaysEmitIntoClient @inline(__always)
func multiplyAddLoop<V: FloatVector>(_: V.Type, iterations: Int) -> Float {
    // Twelve chains hide four cycles of latency on two units and fit into 16 registers.
    var s0 = V(repeating: 0.0), s1 = V(repeating: 0.1), s2 = V(repeating: 0.2), s3 = V(repeating: 0.3)
    var s4 = V(repeating: 0.4), s5 = V(repeating: 0.5), s6 = V(repeating: 0.6), s7 = V(repeating: 0.7)
    var s8 = V(repeating: 0.8), s9 = V(repeating: 0.9), s10 = V(repeating: 1.0), s11 = V(repeating: 1.1)
    let factor = V(repeating: 0.999)
    let addend = V(repeating: 0.001)
    for _ in 0..<iterations {
        s0 = addend.adding(s0, times: factor)
        s1 = addend.adding(s1, times: factor)
        s2 = addend.adding(s2, times: factor)
        s3 = addend.adding(s3, times: factor)
        s4 = addend.adding(s4, times: factor)
        s5 = addend.adding(s5, times: factor)
        s6 = addend.adding(s6, times: factor)
        s7 = addend.adding(s7, times: factor)
        s8 = addend.adding(s8, times: factor)
        s9 = addend.adding(s9, times: factor)
        s10 = addend.adding(s10, times: factor)
        s11 = addend.adding(s11, times: factor)
    }
    let sum = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7)) + ((s8 + s9) + (s10 + s11))
    return sum[0]
}

extension ConvolutionEngine {
    /// The multiply-add limit of the team's threads together, in GFLOP/s: the best of `rounds`.
    public func multiplyAddLimit(rounds: Int = 5) -> Double {
        let iterations = 1_000_000
        let operations = Double(iterations * 12 * kernels.lanes * 2 * team.count)
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<rounds {
            let duration = clock.measure {
                team.forEach(team.count) { _, _ in
                    blackHole(kernels.multiplyAddLoop(iterations))
                }
            }
            let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
            best = max(best, operations / seconds / 1e9)
        }
        return best
    }
}

/// Keeps the optimizer from removing what computes `value`.
@inline(never)
private func blackHole(_ value: Float) {
    withExtendedLifetime(value) {}
}
