import ModelFiles
import Platform

/// The weights of the convolution layers, and their network.
package struct Backbone: Sendable {
    package let file: SafetensorsFile
    package let name: String
    package var network: any Network
    /// The SHA-256 of the tensors, which identifies the backbone in a head's file.
    package let sha256: String

    /// Opens a backbone.
    ///
    /// - Throws: ``ModelFileError`` if the file cannot be read or is not a backbone.
    package init(path: FilePath) throws(ModelFileError) {
        file = try SafetensorsFile(path: path)
        try file.check(format: "xception.backbone/1")
        name = try file.name(.name)
        network = try Networks.network(of: file)
        sha256 = try file.name(.dataSHA256)
    }
}

extension ModelLocator {
    /// Finds the files of a model.
    ///
    /// - Parameters:
    ///   - model: a backbone's path or name; if nil, the backbone that the head was made for.
    ///   - head: a head's path or name; if nil, ImageNet's for this backbone.
    /// - Throws: ``ModelFileError``.
    package func files(model: FilePath?, head: FilePath?) throws(ModelFileError) -> (Backbone, Head) {
        guard let model else {
            let head = try Head(path: self.head(head))
            return (try backbone(for: head), head)
        }
        let backbone = try Backbone(path: self.backbone(model))
        if let head { return (backbone, try Head(path: self.head(head))) }
        return (backbone, try self.head(for: backbone))
    }

    /// Finds the default head of a backbone: `imagenet.head.safetensors` if it was made for it, else
    /// `NAME.head.safetensors` for `NAME-backbone.safetensors`.
    ///
    /// - Throws: ``ModelFileError``.
    private func head(for backbone: Backbone) throws(ModelFileError) -> Head {
        if let standard = try? Head(path: head()), standard.backboneSHA256 == backbone.sha256 { return standard }
        let name = backbone.file.path.lastComponent
        if name.suffix(Self.backboneSuffix.utf8.count).elementsEqual(Self.backboneSuffix.utf8) {
            let file = FilePath(
                bytes: Array(name.dropLast(Self.backboneSuffix.utf8.count)) + Array(Self.headSuffix.utf8))
            let beside = backbone.file.path.parent.appending(file.bytes)
            for path in [beside] + all(file).map(\.path) {
                if let own = try? Head(path: path), own.backboneSHA256 == backbone.sha256 { return own }
            }
        }
        // A mismatch, which the model reports, or no head at all.
        return try Head(path: head())
    }

    /// Finds the backbone that `head` was made for: the default one if it is, else the first `*-backbone.safetensors`
    /// beside the head or in one of the places. A head for the shipped backbone thus keeps working when another one
    /// shadows it.
    ///
    /// - Returns: the default one if none fits.
    /// - Throws: ``ModelFileError`` if the default one cannot be used.
    package func backbone(for head: Head) throws(ModelFileError) -> Backbone {
        let standard = try Backbone(path: backbone())
        guard standard.sha256 != head.backboneSHA256 else { return standard }
        for path in files(suffix: Self.backboneSuffix, first: head.file.path.parent) {
            if let other = try? Backbone(path: path), other.sha256 == head.backboneSHA256 { return other }
        }
        return standard
    }
}
