import CSIMD

/// Multiplies a tile of the packed left operand by a panel of the packed right one, or each of several tiles by each of
/// several panels: `output[rows x vectors * lanes] = initial? + left[rows x depth] * right[depth x vectors * lanes]`,
/// completed (scales, residual, activation function) if the sums have a completion.
///
/// The accumulators are separate variables because an array of them lives in memory. `rows` and `vectors` are literals
/// at every call, so the unused ones and all the comparisons disappear, and one text serves every register file: 14 x 2
/// accumulators, 2 vectors of the right panel and one of the left fill 31 of 32 registers (AVX-512, NEON), 6 x 2 fill
/// 15 of 16 (AVX2, SSE).
///
/// - Parameters:
///   - depth: the inner dimension, in words.
///   - left: `[sums.tiles][depth / lanes][rows][lanes]` words: a row's words are adjacent, in the order in which they are
///     produced, and are broadcast one by one.
///   - right: `[sums.panels][depth][vectors * lanes]` words.
///   - sums: the accumulators' initial values, completion and destination.
///   - prefetch: lines to fetch into the second-level cache meanwhile, see ``TilePrefetch``.
@_alwaysEmitIntoClient @inline(__always)
func multiply<F: OperandFormat>(
    _: F.Type, rows: Int, vectors: Int, depth: Int, left: UnsafeRawPointer, right: UnsafeRawPointer, sums: TileSums,
    prefetch: TilePrefetch
) {
    @inline(__always) func load(_ pointer: UnsafeRawPointer) -> F.Sums { pointer.loadUnaligned(as: F.Sums.self) }
    @inline(__always) func store(_ sums: F.Sums, _ pointer: UnsafeMutableRawPointer) {
        pointer.storeBytes(of: sums, as: F.Sums.self)
    }
    @inline(__always) func broadcast(_ pointer: UnsafeRawPointer) -> F.Words {
        F.Words(repeating: pointer.load(as: F.Words.Scalar.self))
    }
    let lanes = F.lanes
    /// Bytes of a register.
    let size = lanes * 4
    let width = vectors * size
    let zero = unsafeBitCast(F.Vector.zero, to: F.Sums.self)
    /// Fetches a row of the output and of the residual.
    @inline(__always) func fetch(_ line: UnsafeRawPointer) {
        csimd_prefetch_among_sums(line)
        csimd_prefetch_among_sums(line + CacheLine.bytes)
        csimd_prefetch_among_sums(line + prefetch.residualOffset)
        csimd_prefetch_among_sums(line + prefetch.residualOffset + CacheLine.bytes)
    }
    var left = left
    for tile in 0..<sums.tiles {
        let tileLeft = left
        let lines = prefetch.output + tile * prefetch.outputTileStride
        for row in rows - prefetch.earlyRows..<rows { fetch(lines + row * prefetch.outputStep) }
        var right = right
        var stream = prefetch.stream + tile * prefetch.streamTileStride
        for panel in 0..<sums.panels {
            var s0 = zero, t0 = zero
            var s1 = zero, t1 = zero
            var s2 = zero, t2 = zero
            var s3 = zero, t3 = zero
            var s4 = zero, t4 = zero
            var s5 = zero, t5 = zero
            var s6 = zero, t6 = zero
            var s7 = zero, t7 = zero
            var s8 = zero, t8 = zero
            var s9 = zero, t9 = zero
            var s10 = zero, t10 = zero
            var s11 = zero, t11 = zero
            var s12 = zero, t12 = zero
            var s13 = zero, t13 = zero
            if let initial = sums.initial.map({ $0 + tile * sums.initialTileStride + panel * width }) {
                let stride = sums.initialStride * 4
                if rows > 0 { s0 = load(initial + 0 * stride); if vectors > 1 { t0 = load(initial + 0 * stride + size) } }
                if rows > 1 { s1 = load(initial + 1 * stride); if vectors > 1 { t1 = load(initial + 1 * stride + size) } }
                if rows > 2 { s2 = load(initial + 2 * stride); if vectors > 1 { t2 = load(initial + 2 * stride + size) } }
                if rows > 3 { s3 = load(initial + 3 * stride); if vectors > 1 { t3 = load(initial + 3 * stride + size) } }
                if rows > 4 { s4 = load(initial + 4 * stride); if vectors > 1 { t4 = load(initial + 4 * stride + size) } }
                if rows > 5 { s5 = load(initial + 5 * stride); if vectors > 1 { t5 = load(initial + 5 * stride + size) } }
                if rows > 6 { s6 = load(initial + 6 * stride); if vectors > 1 { t6 = load(initial + 6 * stride + size) } }
                if rows > 7 { s7 = load(initial + 7 * stride); if vectors > 1 { t7 = load(initial + 7 * stride + size) } }
                if rows > 8 { s8 = load(initial + 8 * stride); if vectors > 1 { t8 = load(initial + 8 * stride + size) } }
                if rows > 9 { s9 = load(initial + 9 * stride); if vectors > 1 { t9 = load(initial + 9 * stride + size) } }
                if rows > 10 { s10 = load(initial + 10 * stride); if vectors > 1 { t10 = load(initial + 10 * stride + size) } }
                if rows > 11 { s11 = load(initial + 11 * stride); if vectors > 1 { t11 = load(initial + 11 * stride + size) } }
                if rows > 12 { s12 = load(initial + 12 * stride); if vectors > 1 { t12 = load(initial + 12 * stride + size) } }
                if rows > 13 { s13 = load(initial + 13 * stride); if vectors > 1 { t13 = load(initial + 13 * stride + size) } }
            }

            left = tileLeft
            var output = lines + panel * sums.panelStride
            var remaining = depth
            while remaining > 0 {
                let end = left + min(lanes, remaining) * 4
                let next = left + rows * size
                fetch(output)
                output += prefetch.outputStep
                while left < end {
                    let b = right.loadUnaligned(as: F.Words.self)
                    csimd_prefetch_among_sums(stream)
                    stream += prefetch.streamStep
                    let c = (vectors > 1 ? right + size : right).loadUnaligned(as: F.Words.self)
                    if rows > 0 { let a = broadcast(left + 0 * size); s0 = F.multiplyAdd(s0, a, b); if vectors > 1 { t0 = F.multiplyAdd(t0, a, c) } }
                    if rows > 1 { let a = broadcast(left + 1 * size); s1 = F.multiplyAdd(s1, a, b); if vectors > 1 { t1 = F.multiplyAdd(t1, a, c) } }
                    if rows > 2 { let a = broadcast(left + 2 * size); s2 = F.multiplyAdd(s2, a, b); if vectors > 1 { t2 = F.multiplyAdd(t2, a, c) } }
                    if rows > 3 { let a = broadcast(left + 3 * size); s3 = F.multiplyAdd(s3, a, b); if vectors > 1 { t3 = F.multiplyAdd(t3, a, c) } }
                    if rows > 4 { let a = broadcast(left + 4 * size); s4 = F.multiplyAdd(s4, a, b); if vectors > 1 { t4 = F.multiplyAdd(t4, a, c) } }
                    if rows > 5 { let a = broadcast(left + 5 * size); s5 = F.multiplyAdd(s5, a, b); if vectors > 1 { t5 = F.multiplyAdd(t5, a, c) } }
                    if rows > 6 { let a = broadcast(left + 6 * size); s6 = F.multiplyAdd(s6, a, b); if vectors > 1 { t6 = F.multiplyAdd(t6, a, c) } }
                    if rows > 7 { let a = broadcast(left + 7 * size); s7 = F.multiplyAdd(s7, a, b); if vectors > 1 { t7 = F.multiplyAdd(t7, a, c) } }
                    if rows > 8 { let a = broadcast(left + 8 * size); s8 = F.multiplyAdd(s8, a, b); if vectors > 1 { t8 = F.multiplyAdd(t8, a, c) } }
                    if rows > 9 { let a = broadcast(left + 9 * size); s9 = F.multiplyAdd(s9, a, b); if vectors > 1 { t9 = F.multiplyAdd(t9, a, c) } }
                    if rows > 10 { let a = broadcast(left + 10 * size); s10 = F.multiplyAdd(s10, a, b); if vectors > 1 { t10 = F.multiplyAdd(t10, a, c) } }
                    if rows > 11 { let a = broadcast(left + 11 * size); s11 = F.multiplyAdd(s11, a, b); if vectors > 1 { t11 = F.multiplyAdd(t11, a, c) } }
                    if rows > 12 { let a = broadcast(left + 12 * size); s12 = F.multiplyAdd(s12, a, b); if vectors > 1 { t12 = F.multiplyAdd(t12, a, c) } }
                    if rows > 13 { let a = broadcast(left + 13 * size); s13 = F.multiplyAdd(s13, a, b); if vectors > 1 { t13 = F.multiplyAdd(t13, a, c) } }
                    left += 4
                    right += width
                }
                left = next
                remaining -= lanes
            }

            @inline(__always) func forEachSum(_ body: (_ row: Int, _ column: Int, _ sums: F.Sums) -> Void) {
                if rows > 0 { body(0, 0, s0); if vectors > 1 { body(0, lanes, t0) } }
                if rows > 1 { body(1, 0, s1); if vectors > 1 { body(1, lanes, t1) } }
                if rows > 2 { body(2, 0, s2); if vectors > 1 { body(2, lanes, t2) } }
                if rows > 3 { body(3, 0, s3); if vectors > 1 { body(3, lanes, t3) } }
                if rows > 4 { body(4, 0, s4); if vectors > 1 { body(4, lanes, t4) } }
                if rows > 5 { body(5, 0, s5); if vectors > 1 { body(5, lanes, t5) } }
                if rows > 6 { body(6, 0, s6); if vectors > 1 { body(6, lanes, t6) } }
                if rows > 7 { body(7, 0, s7); if vectors > 1 { body(7, lanes, t7) } }
                if rows > 8 { body(8, 0, s8); if vectors > 1 { body(8, lanes, t8) } }
                if rows > 9 { body(9, 0, s9); if vectors > 1 { body(9, lanes, t9) } }
                if rows > 10 { body(10, 0, s10); if vectors > 1 { body(10, lanes, t10) } }
                if rows > 11 { body(11, 0, s11); if vectors > 1 { body(11, lanes, t11) } }
                if rows > 12 { body(12, 0, s12); if vectors > 1 { body(12, lanes, t12) } }
                if rows > 13 { body(13, 0, s13); if vectors > 1 { body(13, lanes, t13) } }
            }
            let (target, stride) = (sums.output + tile * sums.tileStride + panel * sums.panelStride, sums.outputStride)
            guard let completion = sums.completion else {
                forEachSum { row, column, sums in store(sums, target + row * stride + column * 4) }
                continue
            }
            let range = ActivationRange<F.Vector>(completion.activation)
            @inline(__always) func complete<E: ElementFormat>(_: E.Type, _ row: Int, _ column: Int, _ sums: F.Sums) {
                let place = target + row * stride + column * E.size
                E.store(
                    completion.value(
                        F.self, E.self, sums, row: tile * rows + row, column: panel * vectors * lanes + column, place: place,
                        range), place)
            }
            switch completion.elementType {
            case .float16: forEachSum { complete(Float16Element.self, $0, $1, $2) }
            case .float32: forEachSum { complete(Float32Element.self, $0, $1, $2) }
            }
        }
    }
}
