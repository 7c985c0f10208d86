import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite struct SafetensorsWriterTests {
    @Test("What is written is read again: names, shapes, values of both types, metadata")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let names = ["a/kernel", "\"quoted\" \\ 🐈\n"]
        let values = randomFloats(6, seed: 1) + [.infinity, -0.0]
        var writer = SafetensorsWriter()
        writer.metadata = ["classes": #"[{"id": "n1"}]"#, "é\t": "\u{1B}[2J"]
        writer.append(names[0], shape: [2, 4], values)
        writer.append(names[1], .float16, shape: [3], bytes: [0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B])

        let bytes = writer.serialized()
        let file = try SafetensorsFile(path: folder.write("file", bytes))
        #expect(file.metadata == writer.metadata)
        #expect(Set(file.tensors.keys) == Set(names))
        let kernel = try file.tensor(names[0], shape: [2, 4])
        #expect(kernel.floats == values && kernel.floats[7].sign == .minus)
        let half = try file.tensor(names[1], shape: [3])
        #expect(half.elementType == .float16)
        #expect(half.withUnsafeBytes { Array($0) } == [0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B])
        #expect(file.dataSHA256() == writer.dataSHA256)
        // The tensors begin at a multiple of 8 bytes.
        #expect((bytes.count - 8 * 4 - 6) % 8 == 0)
    }

    @Test("A head that is written is read again, with one layer or several, and passes verification")
    func head() throws {
        let folder = try TemporaryFolder()
        let classes = [ClassLabel(id: "n1", label: "mug"), ClassLabel(id: "n2", label: "plate / bowl")]
        let hidden = Head.Dense(kernel: randomFloats(2048 * 3, seed: 2), bias: randomFloats(3, seed: 3))
        let last = Head.Dense(kernel: randomFloats(3 * 2, seed: 4), bias: randomFloats(2, seed: 5))
        let only = Head.Dense(kernel: randomFloats(2048 * 2, seed: 6), bias: randomFloats(2, seed: 7))
        for layers in [[only], [hidden, last]] {
            let file = Head.file(
                name: "kitchen", classes: classes, activation: .softmax, layers: layers, backboneSHA256: "abc",
                metadata: [.source: "photos of mine", .inputSize: "150"])
            let head = try Head(path: folder.write("kitchen.head.safetensors", file.serialized()))
            #expect(head.name == "kitchen" && head.classes == classes && head.activation == .softmax)
            #expect(head.backboneSHA256 == "abc" && head.file[.source] == "photos of mine" && head.file[.inputSize] == "150")
            #expect(head.layerNames == (layers.count == 1 ? ["predictions"] : ["hidden1", "predictions"]))
            for (name, layer) in zip(head.layerNames, [layers.count == 1 ? only : hidden, last]) {
                #expect(try head.file.tensor("\(name)/kernel").floats == layer.kernel)
                #expect(try head.file.tensor("\(name)/bias").floats == layer.bias)
            }
            try head.file.verify()
        }
    }
}
