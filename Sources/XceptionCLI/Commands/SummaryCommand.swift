import ArgumentParser
import Xception

struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "List the layers: output shape, parameters, multiply-adds.",
        discussion: """
            Parameters are counted as in Keras: four per channel for each batch normalization, two of \
            them not trainable. PyTorch's tools count the trainable ones.
            """)

    @OptionGroup var models: ModelFileOptions

    func run() throws {
        let (backbone, head) = try models.files()
        let size = try Preprocessor(backbone, head).size
        var layers = backbone.network.layers(height: size, width: size)
        layers += head.layers
        var rows = [["layer", "kind", "output shape", "parameters", "multiply-adds"]]
        for layer in layers {
            let shape = layer.height == 1 ? "\(layer.channels)" : "\(layer.height) x \(layer.width) x \(layer.channels)"
            rows.append([layer.name, layer.kind, shape, grouped(layer.parameters), grouped(layer.multiplyAdds)])
        }
        let parameters = layers.reduce(0) { $0 + $1.parameters }
        let nonTrainable = layers.reduce(0) { $0 + $1.nonTrainableParameters }
        rows.append(["total", "", "", grouped(parameters), grouped(layers.reduce(0) { $0 + $1.multiplyAdds })])
        rows.append(["trainable", "", "", grouped(parameters - nonTrainable)])
        rows.append(["non-trainable", "", "", grouped(nonTrainable)])
        try Table.write(rows, rightAligned: [2, 3, 4])
    }

    /// Returns the number with separators, such as 22,910,480.
    private func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text = "," + text }
            text = String(digit) + text
        }
        return text
    }
}
