import ModelFiles

/// The networks that backbones are made for.
package enum Networks {
    package static let all: [any Network.Type] = [XceptionNetwork.self, MobileNet.self, AlignedXception.self]

    /// Returns the network that a backbone's file names; Xception if it names none.
    ///
    /// - Throws: ``ModelFileError/wrongMetadata(path:key:found:expected:)``.
    static func network(of file: SafetensorsFile) throws(ModelFileError) -> any Network {
        let names = all.map { $0.name }.joined(separator: " or ")
        let type: any Network.Type = try file.value(.network, expected: names, default: XceptionNetwork.self) { name in
            all.first { $0.name == name }
        }
        return try type.init(file)
    }
}
