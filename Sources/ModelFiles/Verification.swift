extension SafetensorsFile {
    /// SHA-256 of everything after the header, lower-case hexadecimal.
    ///
    /// - Complexity: reads the whole file.
    package func dataSHA256() -> String { sha256(data) }

    /// Checks the header's claims: the data's SHA-256, and that every value is a finite number.
    ///
    /// - Throws: ``ModelFileError/corrupt(path:reason:)`` or ``ModelFileError/changed(path:)``.
    package func verify() throws(ModelFileError) {
        let expected = try value(.dataSHA256, expected: "a SHA-256") { $0 }
        let found = dataSHA256()
        try checkUnchanged()
        guard found == expected else {
            throw .corrupt(path: path, reason: "the SHA-256 of its tensors is \(found), not \(expected)")
        }
        try checkFinite()
    }

    /// Checks that every value is finite.
    ///
    /// - Throws: ``ModelFileError/corrupt(path:reason:)`` if a tensor holds NaN or infinity.
    /// - Complexity: reads the whole file, at the speed of memory.
    package func checkFinite() throws(ModelFileError) {
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) where !tensor.isFinite {
            throw .corrupt(path: path, reason: "\(name.quoted) holds NaN or infinity")
        }
    }
}

extension SafetensorsTensor {
    /// True if no value is infinite or NaN, whose exponents have all bits set.
    var isFinite: Bool {
        // Words of 8 bytes are checked at once: adding one to an exponent of ones, its sign cleared, carries into the
        // sign and no further.
        let (magnitudes, carry): (UInt64, UInt64) =
            switch elementType {
            case .float16: (0x7FFF_7FFF_7FFF_7FFF, 0x0400_0400_0400_0400)
            case .float32: (0x7FFF_FFFF_7FFF_FFFF, 0x0080_0000_0080_0000)
            }
        return withUnsafeBytes { bytes in
            var sums: UInt64 = 0
            let words = bytes.count / 8
            for word in 0..<words {
                sums |= (bytes.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self) & magnitudes) &+ carry
            }
            var rest: UInt64 = 0
            withUnsafeMutableBytes(of: &rest) {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[(words * 8)...]))
            }
            sums |= (rest & magnitudes) &+ carry
            return sums & ~magnitudes == 0
        }
    }
}
