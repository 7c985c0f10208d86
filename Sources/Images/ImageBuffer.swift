import Platform

/// Memory that grows with an image; unwritten elements are zero. Running out of memory is an error here; an `Array`
/// would end the process.
package final class ImageBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    // Sendable because nothing writes once the buffer is part of an RGBImage.
    package let start: UnsafeMutablePointer<Element>
    package let count: Int

    /// Bytes after the last element that may be read: the rest of a vector.
    package static var readableSlack: Int { 16 }

    package init(count: Int) throws(ImageError) {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, let memory = AddressSpace.block(of: size, { calloc(size + Self.readableSlack, 1) }) else {
            throw .outOfMemory
        }
        start = memory.bindMemory(to: Element.self, capacity: count)
        self.count = count
    }

    deinit { free(start) }

    package var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: start, count: count) }
}
