import CSIMD

/// Multiplies a packed left tile by a packed right panel:
/// `output[rows x vectors * lanes] = relu?(initial? + left[rows x depth] * right[depth x vectors * lanes])`.
///
/// The accumulators are separate variables because an array of them lives in memory. `rows`
/// and `vectors` are literals at every call, so the unused ones and all the comparisons
/// disappear, and one text serves every register file: 14 x 2 accumulators, 2 vectors of
/// the right panel and one of the left fill 31 of 32 registers (AVX-512, NEON), 6 x 2
/// fill 15 of 16 (AVX2, SSE).
///
/// - Parameters:
///   - left: `[depth / lanes][rows][lanes]`: a row's values stand together, as the stages
///     that make them produce them, and are broadcast one by one from there.
///   - right: `[depth][vectors * lanes]`.
///   - sums: where they begin and end up.
///   - ahead: distance from `right` of what is to be fetched meanwhile, one cache line for each
///     row of `right`.
@_alwaysEmitIntoClient @inline(__always)
func multiply<V: FloatVector>(
    _: V.Type, rows: Int, vectors: Int, depth: Int,
    left: UnsafePointer<Float>, right: UnsafePointer<Float>,
    sums: MicrotileSums, ahead: Int
) {
    let lanes = V.lanes
    let width = vectors * lanes
    var s0 = V.zero, t0 = V.zero
    var s1 = V.zero, t1 = V.zero
    var s2 = V.zero, t2 = V.zero
    var s3 = V.zero, t3 = V.zero
    var s4 = V.zero, t4 = V.zero
    var s5 = V.zero, t5 = V.zero
    var s6 = V.zero, t6 = V.zero
    var s7 = V.zero, t7 = V.zero
    var s8 = V.zero, t8 = V.zero
    var s9 = V.zero, t9 = V.zero
    var s10 = V.zero, t10 = V.zero
    var s11 = V.zero, t11 = V.zero
    var s12 = V.zero, t12 = V.zero
    var s13 = V.zero, t13 = V.zero
    if let initial = sums.initial {
        let stride = sums.initialStride
        if rows > 0 { s0 = V.load(initial + 0 * stride); if vectors > 1 { t0 = V.load(initial + 0 * stride + lanes) } }
        if rows > 1 { s1 = V.load(initial + 1 * stride); if vectors > 1 { t1 = V.load(initial + 1 * stride + lanes) } }
        if rows > 2 { s2 = V.load(initial + 2 * stride); if vectors > 1 { t2 = V.load(initial + 2 * stride + lanes) } }
        if rows > 3 { s3 = V.load(initial + 3 * stride); if vectors > 1 { t3 = V.load(initial + 3 * stride + lanes) } }
        if rows > 4 { s4 = V.load(initial + 4 * stride); if vectors > 1 { t4 = V.load(initial + 4 * stride + lanes) } }
        if rows > 5 { s5 = V.load(initial + 5 * stride); if vectors > 1 { t5 = V.load(initial + 5 * stride + lanes) } }
        if rows > 6 { s6 = V.load(initial + 6 * stride); if vectors > 1 { t6 = V.load(initial + 6 * stride + lanes) } }
        if rows > 7 { s7 = V.load(initial + 7 * stride); if vectors > 1 { t7 = V.load(initial + 7 * stride + lanes) } }
        if rows > 8 { s8 = V.load(initial + 8 * stride); if vectors > 1 { t8 = V.load(initial + 8 * stride + lanes) } }
        if rows > 9 { s9 = V.load(initial + 9 * stride); if vectors > 1 { t9 = V.load(initial + 9 * stride + lanes) } }
        if rows > 10 { s10 = V.load(initial + 10 * stride); if vectors > 1 { t10 = V.load(initial + 10 * stride + lanes) } }
        if rows > 11 { s11 = V.load(initial + 11 * stride); if vectors > 1 { t11 = V.load(initial + 11 * stride + lanes) } }
        if rows > 12 { s12 = V.load(initial + 12 * stride); if vectors > 1 { t12 = V.load(initial + 12 * stride + lanes) } }
        if rows > 13 { s13 = V.load(initial + 13 * stride); if vectors > 1 { t13 = V.load(initial + 13 * stride + lanes) } }
    }

    var left = left
    var right = right
    var remaining = depth
    while remaining > 0 {
        let end = left + min(lanes, remaining)
        let next = left + rows * lanes
        while left < end {
            let b = V.load(right)
            csimd_prefetch_among_sums(right + ahead)
            let c = vectors > 1 ? V.load(right + lanes) : V.zero
            if rows > 0 { let a = V(repeating: left[0 * lanes]); s0 = s0.adding(a, times: b); if vectors > 1 { t0 = t0.adding(a, times: c) } }
            if rows > 1 { let a = V(repeating: left[1 * lanes]); s1 = s1.adding(a, times: b); if vectors > 1 { t1 = t1.adding(a, times: c) } }
            if rows > 2 { let a = V(repeating: left[2 * lanes]); s2 = s2.adding(a, times: b); if vectors > 1 { t2 = t2.adding(a, times: c) } }
            if rows > 3 { let a = V(repeating: left[3 * lanes]); s3 = s3.adding(a, times: b); if vectors > 1 { t3 = t3.adding(a, times: c) } }
            if rows > 4 { let a = V(repeating: left[4 * lanes]); s4 = s4.adding(a, times: b); if vectors > 1 { t4 = t4.adding(a, times: c) } }
            if rows > 5 { let a = V(repeating: left[5 * lanes]); s5 = s5.adding(a, times: b); if vectors > 1 { t5 = t5.adding(a, times: c) } }
            if rows > 6 { let a = V(repeating: left[6 * lanes]); s6 = s6.adding(a, times: b); if vectors > 1 { t6 = t6.adding(a, times: c) } }
            if rows > 7 { let a = V(repeating: left[7 * lanes]); s7 = s7.adding(a, times: b); if vectors > 1 { t7 = t7.adding(a, times: c) } }
            if rows > 8 { let a = V(repeating: left[8 * lanes]); s8 = s8.adding(a, times: b); if vectors > 1 { t8 = t8.adding(a, times: c) } }
            if rows > 9 { let a = V(repeating: left[9 * lanes]); s9 = s9.adding(a, times: b); if vectors > 1 { t9 = t9.adding(a, times: c) } }
            if rows > 10 { let a = V(repeating: left[10 * lanes]); s10 = s10.adding(a, times: b); if vectors > 1 { t10 = t10.adding(a, times: c) } }
            if rows > 11 { let a = V(repeating: left[11 * lanes]); s11 = s11.adding(a, times: b); if vectors > 1 { t11 = t11.adding(a, times: c) } }
            if rows > 12 { let a = V(repeating: left[12 * lanes]); s12 = s12.adding(a, times: b); if vectors > 1 { t12 = t12.adding(a, times: c) } }
            if rows > 13 { let a = V(repeating: left[13 * lanes]); s13 = s13.adding(a, times: b); if vectors > 1 { t13 = t13.adding(a, times: c) } }
            left += 1
            right += width
        }
        left = next
        remaining -= lanes
    }

    if sums.rectifies {
        if rows > 0 { s0 = V.maximum(s0, V.zero); if vectors > 1 { t0 = V.maximum(t0, V.zero) } }
        if rows > 1 { s1 = V.maximum(s1, V.zero); if vectors > 1 { t1 = V.maximum(t1, V.zero) } }
        if rows > 2 { s2 = V.maximum(s2, V.zero); if vectors > 1 { t2 = V.maximum(t2, V.zero) } }
        if rows > 3 { s3 = V.maximum(s3, V.zero); if vectors > 1 { t3 = V.maximum(t3, V.zero) } }
        if rows > 4 { s4 = V.maximum(s4, V.zero); if vectors > 1 { t4 = V.maximum(t4, V.zero) } }
        if rows > 5 { s5 = V.maximum(s5, V.zero); if vectors > 1 { t5 = V.maximum(t5, V.zero) } }
        if rows > 6 { s6 = V.maximum(s6, V.zero); if vectors > 1 { t6 = V.maximum(t6, V.zero) } }
        if rows > 7 { s7 = V.maximum(s7, V.zero); if vectors > 1 { t7 = V.maximum(t7, V.zero) } }
        if rows > 8 { s8 = V.maximum(s8, V.zero); if vectors > 1 { t8 = V.maximum(t8, V.zero) } }
        if rows > 9 { s9 = V.maximum(s9, V.zero); if vectors > 1 { t9 = V.maximum(t9, V.zero) } }
        if rows > 10 { s10 = V.maximum(s10, V.zero); if vectors > 1 { t10 = V.maximum(t10, V.zero) } }
        if rows > 11 { s11 = V.maximum(s11, V.zero); if vectors > 1 { t11 = V.maximum(t11, V.zero) } }
        if rows > 12 { s12 = V.maximum(s12, V.zero); if vectors > 1 { t12 = V.maximum(t12, V.zero) } }
        if rows > 13 { s13 = V.maximum(s13, V.zero); if vectors > 1 { t13 = V.maximum(t13, V.zero) } }
    }
    let output = sums.output
    let stride = sums.outputStride
    if rows > 0 { s0.store(output + 0 * stride); if vectors > 1 { t0.store(output + 0 * stride + lanes) } }
    if rows > 1 { s1.store(output + 1 * stride); if vectors > 1 { t1.store(output + 1 * stride + lanes) } }
    if rows > 2 { s2.store(output + 2 * stride); if vectors > 1 { t2.store(output + 2 * stride + lanes) } }
    if rows > 3 { s3.store(output + 3 * stride); if vectors > 1 { t3.store(output + 3 * stride + lanes) } }
    if rows > 4 { s4.store(output + 4 * stride); if vectors > 1 { t4.store(output + 4 * stride + lanes) } }
    if rows > 5 { s5.store(output + 5 * stride); if vectors > 1 { t5.store(output + 5 * stride + lanes) } }
    if rows > 6 { s6.store(output + 6 * stride); if vectors > 1 { t6.store(output + 6 * stride + lanes) } }
    if rows > 7 { s7.store(output + 7 * stride); if vectors > 1 { t7.store(output + 7 * stride + lanes) } }
    if rows > 8 { s8.store(output + 8 * stride); if vectors > 1 { t8.store(output + 8 * stride + lanes) } }
    if rows > 9 { s9.store(output + 9 * stride); if vectors > 1 { t9.store(output + 9 * stride + lanes) } }
    if rows > 10 { s10.store(output + 10 * stride); if vectors > 1 { t10.store(output + 10 * stride + lanes) } }
    if rows > 11 { s11.store(output + 11 * stride); if vectors > 1 { t11.store(output + 11 * stride + lanes) } }
    if rows > 12 { s12.store(output + 12 * stride); if vectors > 1 { t12.store(output + 12 * stride + lanes) } }
    if rows > 13 { s13.store(output + 13 * stride); if vectors > 1 { t13.store(output + 13 * stride + lanes) } }
}

/// Where a microtile's sums begin and end up.
@usableFromInline
struct MicrotileSums {
    /// What to add to: one row for each row of the tile, or nil for zero.
    @usableFromInline let initial: UnsafePointer<Float>?
    /// Floats from one row to the next; 0 for one that serves all.
    @usableFromInline let initialStride: Int
    /// May be where they begin.
    @usableFromInline let output: UnsafeMutablePointer<Float>
    @usableFromInline let outputStride: Int
    @usableFromInline let rectifies: Bool
}

/// ``multiply`` for one shape. A structure, because a closure that is taken out of an array is
/// wrapped anew each time, which costs an allocation.
@usableFromInline
struct Microkernel: Sendable {
    @usableFromInline typealias Body = @Sendable (
        _ depth: Int, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ sums: MicrotileSums,
        _ ahead: Int) -> Void
    private let body: Body

    @usableFromInline init(_ body: @escaping Body) { self.body = body }

    func callAsFunction(
        depth: Int, left: UnsafePointer<Float>, right: UnsafePointer<Float>, sums: MicrotileSums, ahead: Int = 0
    ) {
        body(depth, left, right, sums, ahead)
    }
}

/// The microkernels of processors with 32 vector registers.
///
/// `[rows - 7][vectors - 1]`; one closure a shape, because the optimizer does not inline
/// more than a few such bodies into one function.
@_alwaysEmitIntoClient @inline(__always)
func tallMicrokernels<V: FloatVector>(_: V.Type) -> [[Microkernel]] {
    [
        [
            Microkernel { multiply(V.self, rows: 7, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 7, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 8, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 8, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 9, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 9, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 10, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 10, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 11, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 11, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 12, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 12, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 13, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 13, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 14, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 14, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
    ]
}

/// The microkernels of processors with 16 vector registers.
///
/// `[rows - 3][vectors - 1]`; one closure a shape, because the optimizer does not inline
/// more than a few such bodies into one function.
@_alwaysEmitIntoClient @inline(__always)
func shortMicrokernels<V: FloatVector>(_: V.Type) -> [[Microkernel]] {
    [
        [
            Microkernel { multiply(V.self, rows: 3, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 3, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 4, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 4, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 5, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 5, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
        [
            Microkernel { multiply(V.self, rows: 6, vectors: 1, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
            Microkernel { multiply(V.self, rows: 6, vectors: 2, depth: $0, left: $1, right: $2, sums: $3, ahead: $4) },
        ],
    ]
}
