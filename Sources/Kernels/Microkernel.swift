import CSIMD
/// Multiplies a packed left tile by a packed right panel and leaves the sums in `tile`:
/// `tile[rows x vectors * lanes] = initial? + left[rows x depth] * right[depth x vectors * lanes]`.
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
///   - initial: sums to go on from, of the tile's shape (it may be the tile), or nil.
///   - ahead: distance from `right` of what is to be fetched meanwhile, one cache line for each
///     row of `right`.
@_alwaysEmitIntoClient @inline(__always)
func multiply<V: FloatVector>(
    _: V.Type, rows: Int, vectors: Int, depth: Int,
    left: UnsafePointer<Float>, right: UnsafePointer<Float>,
    initial: UnsafePointer<Float>?, tile: UnsafeMutablePointer<Float>, ahead: Int
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
    if let initial {
        if rows > 0 { s0 = V.load(initial + 0 * width); if vectors > 1 { t0 = V.load(initial + 0 * width + lanes) } }
        if rows > 1 { s1 = V.load(initial + 1 * width); if vectors > 1 { t1 = V.load(initial + 1 * width + lanes) } }
        if rows > 2 { s2 = V.load(initial + 2 * width); if vectors > 1 { t2 = V.load(initial + 2 * width + lanes) } }
        if rows > 3 { s3 = V.load(initial + 3 * width); if vectors > 1 { t3 = V.load(initial + 3 * width + lanes) } }
        if rows > 4 { s4 = V.load(initial + 4 * width); if vectors > 1 { t4 = V.load(initial + 4 * width + lanes) } }
        if rows > 5 { s5 = V.load(initial + 5 * width); if vectors > 1 { t5 = V.load(initial + 5 * width + lanes) } }
        if rows > 6 { s6 = V.load(initial + 6 * width); if vectors > 1 { t6 = V.load(initial + 6 * width + lanes) } }
        if rows > 7 { s7 = V.load(initial + 7 * width); if vectors > 1 { t7 = V.load(initial + 7 * width + lanes) } }
        if rows > 8 { s8 = V.load(initial + 8 * width); if vectors > 1 { t8 = V.load(initial + 8 * width + lanes) } }
        if rows > 9 { s9 = V.load(initial + 9 * width); if vectors > 1 { t9 = V.load(initial + 9 * width + lanes) } }
        if rows > 10 { s10 = V.load(initial + 10 * width); if vectors > 1 { t10 = V.load(initial + 10 * width + lanes) } }
        if rows > 11 { s11 = V.load(initial + 11 * width); if vectors > 1 { t11 = V.load(initial + 11 * width + lanes) } }
        if rows > 12 { s12 = V.load(initial + 12 * width); if vectors > 1 { t12 = V.load(initial + 12 * width + lanes) } }
        if rows > 13 { s13 = V.load(initial + 13 * width); if vectors > 1 { t13 = V.load(initial + 13 * width + lanes) } }
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

    if rows > 0 { s0.store(tile + 0 * width); if vectors > 1 { t0.store(tile + 0 * width + lanes) } }
    if rows > 1 { s1.store(tile + 1 * width); if vectors > 1 { t1.store(tile + 1 * width + lanes) } }
    if rows > 2 { s2.store(tile + 2 * width); if vectors > 1 { t2.store(tile + 2 * width + lanes) } }
    if rows > 3 { s3.store(tile + 3 * width); if vectors > 1 { t3.store(tile + 3 * width + lanes) } }
    if rows > 4 { s4.store(tile + 4 * width); if vectors > 1 { t4.store(tile + 4 * width + lanes) } }
    if rows > 5 { s5.store(tile + 5 * width); if vectors > 1 { t5.store(tile + 5 * width + lanes) } }
    if rows > 6 { s6.store(tile + 6 * width); if vectors > 1 { t6.store(tile + 6 * width + lanes) } }
    if rows > 7 { s7.store(tile + 7 * width); if vectors > 1 { t7.store(tile + 7 * width + lanes) } }
    if rows > 8 { s8.store(tile + 8 * width); if vectors > 1 { t8.store(tile + 8 * width + lanes) } }
    if rows > 9 { s9.store(tile + 9 * width); if vectors > 1 { t9.store(tile + 9 * width + lanes) } }
    if rows > 10 { s10.store(tile + 10 * width); if vectors > 1 { t10.store(tile + 10 * width + lanes) } }
    if rows > 11 { s11.store(tile + 11 * width); if vectors > 1 { t11.store(tile + 11 * width + lanes) } }
    if rows > 12 { s12.store(tile + 12 * width); if vectors > 1 { t12.store(tile + 12 * width + lanes) } }
    if rows > 13 { s13.store(tile + 13 * width); if vectors > 1 { t13.store(tile + 13 * width + lanes) } }
}

/// ``multiply`` for one shape. A structure, because a closure that is taken out of an array is
/// wrapped anew each time, which costs an allocation.
@usableFromInline
struct Microkernel: Sendable {
    @usableFromInline typealias Body = @Sendable (
        _ depth: Int, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
        _ initial: UnsafePointer<Float>?, _ tile: UnsafeMutablePointer<Float>, _ ahead: Int) -> Void
    private let body: Body

    @usableFromInline init(_ body: @escaping Body) { self.body = body }

    func callAsFunction(
        depth: Int, left: UnsafePointer<Float>, right: UnsafePointer<Float>, initial: UnsafePointer<Float>? = nil,
        tile: UnsafeMutablePointer<Float>, ahead: Int = 0
    ) {
        body(depth, left, right, initial, tile, ahead)
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
            Microkernel { multiply(V.self, rows: 7, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 7, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 8, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 8, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 9, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 9, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 10, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 10, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 11, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 11, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 12, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 12, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 13, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 13, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 14, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 14, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
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
            Microkernel { multiply(V.self, rows: 3, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 3, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 4, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 4, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 5, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 5, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
        [
            Microkernel { multiply(V.self, rows: 6, vectors: 1, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
            Microkernel { multiply(V.self, rows: 6, vectors: 2, depth: $0, left: $1, right: $2, initial: $3, tile: $4, ahead: $5) },
        ],
    ]
}
