import Kernels

/// An activation in a buffer that returns to its pool with the last reference.
final class PooledMap {
    let map: FeatureMap
    private let buffer: AlignedBuffer
    private unowned let pool: MapPool

    init(_ map: FeatureMap, buffer: AlignedBuffer, pool: MapPool) {
        self.map = map
        self.buffer = buffer
        self.pool = pool
    }

    deinit { pool.free.append(buffer) }
}

/// The buffers that the activations of one session share. After the first image of a size there are as many as are
/// needed at once.
final class MapPool {
    fileprivate var free: [AlignedBuffer] = []

    func map(
        _ elementType: ElementType, _ height: Int, _ width: Int, _ channels: Int
    ) throws(OutOfMemory) -> PooledMap {
        let words = FeatureMap.words(elementType, height: height, width: width, channels: channels)
        // The smallest buffer that is large enough.
        let fitting = free.indices.filter { free[$0].capacity >= words }.min { free[$0].capacity < free[$1].capacity }
        let buffer = fitting.map { free.remove(at: $0) } ?? AlignedBuffer()
        try buffer.reserve(words)
        return PooledMap(
            FeatureMap(buffer, elementType, height: height, width: width, channels: channels), buffer: buffer,
            pool: self)
    }
}
