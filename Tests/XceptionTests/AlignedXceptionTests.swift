import KernelSelection
import Kernels
import ModelFiles
import TestSupport
import Testing
import Xception

/// timm computes these with weights drawn from seeds (Scripts/goldens/make_aligned_goldens.py).
@Suite(.serialized) struct AlignedXceptionTests {
    static let variants = ["41", "65", "71"]

    private let folder = try! TemporaryFolder()

    /// The beginning of a backbone's file, without tensors.
    private func header(_ variant: String) -> SafetensorsWriter {
        var file = SafetensorsWriter()
        file[.format] = "xception.backbone/1"
        file[.name] = "xception\(variant)"
        file[.network] = AlignedXception.name
        file[.variant] = variant
        file[.dataSHA256] = file.dataSHA256
        return file
    }

    private func layers(_ variant: String) throws -> [LayerDescription] {
        try Backbone(path: folder.write("header", header(variant).serialized())).network.layers(height: 299, width: 299)
    }

    /// A backbone whose tensors are drawn as the script draws them.
    private func backbone(_ variant: String) throws -> Backbone {
        var file = header(variant)
        let shapes = try layers(variant).flatMap { layer in layer.tensors.map { (name: "\(layer.name)/\($0)", shape: $1) } }
        for (seed, (name, shape)) in shapes.sorted(by: { $0.name < $1.name }).enumerated() {
            let inputs = name.hasSuffix("depthwise_kernel") ? 9 : shape.dropLast().reduce(1, *)
            let isRectified = !name.contains("conv_pw") && !name.contains("shortcut")
            let scale = name.hasSuffix("bias") ? 0.1 : Float((Double(isRectified ? 6 : 3) / Double(inputs)).squareRoot())
            file.append(name, shape: shape, randomFloats(shape.reduce(1, *), seed: UInt64(seed)).map { $0 * scale })
        }
        file[.dataSHA256] = file.dataSHA256
        return try Backbone(path: folder.write("backbone", file.serialized()))
    }

    @Test("Features are timm's", arguments: variants)
    func features(variant: String) throws {
        let goldens = try Goldens("aligned")
        let backbone = try backbone(variant)
        for kernels in [ProcessorKernels.best, ProcessorKernels(PortableKernels.self)] {
            let extractor = try FeatureExtractor(backbone: backbone, kernels: kernels, preprocessor: Preprocessor())
            for name in goldens.names(prefix: "features/xception\(variant)/") {
                // The portable kernels are slow.
                if kernels.instructionSet == .portable, name.contains("299") { continue }
                let expected = try goldens.values("features/xception\(variant)/\(name)")
                let features = try InferenceSession(extractor, threads: 2).features(try goldenInput(name))
                let samples = stride(from: 0, to: features.count, by: 8).map { features[$0] }
                #expect(largestDifference(samples, expected) < 1e-4 * expected.max()!, "\(name) \(kernels.instructionSet)")
            }
        }
    }

    @Test("Parameters are those that timm counts", arguments: zip(variants, [26_969_560, 39_916_312, 42_338_736]))
    func parameters(variant: String, expected: Int) throws {
        let layers = try layers(variant)
        let classifier = 2048 * 1000 + 1000
        #expect(layers.reduce(classifier) { $0 + $1.parameters - $1.nonTrainableParameters } == expected)
        #expect([layers.last!.height, layers.last!.width, layers.last!.channels] == [10, 10, 2048])
    }

    @Test("A backbone of an unknown variant is refused")
    func unknownVariant() throws {
        let path = try folder.write("backbone", header("99").serialized())
        #expect(throws: ModelFileError.wrongMetadata(path: path, key: .variant, found: "99", expected: "41 or 65 or 71")) {
            try Backbone(path: path)
        }
    }
}
