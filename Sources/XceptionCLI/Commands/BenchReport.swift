import Kernels
import Platform
import Xception

/// The measurements of `bench`.
struct BenchReport {
    let model: Model
    let threads: Int
    let batch: Int
    /// Latencies in milliseconds, sorted.
    let latencies: [Double]
    /// The share of time for which the threads had a processor.
    let processorShare: Double
    /// Images per second.
    let throughput: Double
    /// The limit in GFLOP/s.
    let limit: Double
    let layers: [(name: String, milliseconds: Double)]

    private var extractor: FeatureExtractor { model.extractor }
    private var best: Double { latencies[0] }
    private var median: Double { latencies[latencies.count / 2] }
    private var percentile95: Double { latencies[min(latencies.count - 1, latencies.count * 95 / 100)] }
    private var instructions: String { extractor.kernels.products(extractor.precision)!.instructions }

    private var descriptions: [LayerDescription] {
        let size = extractor.preprocessor.size
        return extractor.backbone.network.layers(height: size, width: size) + model.head.layers
    }

    private var multiplyAdds: Int { descriptions.reduce(0) { $0 + $1.multiplyAdds } }

    private func gigaflops(_ multiplyAdds: Int, _ milliseconds: Double) -> Double {
        Double(2 * multiplyAdds) / milliseconds / 1e6
    }

    private struct Row {
        let name: String
        let milliseconds: Double
        let gigaflops: Double
    }

    private var rows: [Row] {
        let multiplyAdds = Dictionary(descriptions.map { ($0.name, $0.multiplyAdds) }) { first, _ in first }
        return layers.map {
            Row(
                name: $0.name, milliseconds: $0.milliseconds,
                gigaflops: gigaflops(multiplyAdds[$0.name] ?? 0, $0.milliseconds))
        }
    }

    var text: String {
        func number(_ value: Double, _ digits: Int = 1) -> String { NumberText.fixed(value, digits: digits) }
        var text = Table.text((processorName().map { [["processor", $0]] } ?? []) + [
            ["kernels", "\(instructions), \(extractor.precision.rawValue), \(NumberText.counted(threads, "thread"))"],
            ["latency", "best \(number(best)) ms, median \(number(median)) ms, p95 \(number(percentile95)) ms"],
            ["throughput", "\(number(throughput)) images/s, \(number(1000 / throughput)) ms/image (batch \(batch))"],
            [
                "arithmetic",
                "\(number(gigaflops(multiplyAdds, best))) effective GFLOP/s, "
                    + "\(number(100 * gigaflops(multiplyAdds, best) / limit, 0))% of the limit of \(number(limit))",
            ],
        ])
        if !layers.isEmpty {
            text += "\n" + Table.text(
                [["layer", "ms", "GFLOP/s", "of limit"]] + rows.map {
                    [
                        $0.name, number($0.milliseconds, 3), number($0.gigaflops),
                        number(100 * $0.gigaflops / limit, 0) + "%",
                    ]
                }, rightAligned: [1, 2, 3])
        }
        return text
    }

    var json: String {
        func number(_ value: Double) -> String { NumberText.short(value, digits: 3) }
        var members = [
            ("schema", JSONText.string("xception.bench/1")),
            ("model", ModelDescription(model).json),
            ("processor", processorName().map(JSONText.string) ?? "null"),
            ("processor_share", number(processorShare)),
            ("instruction_set", JSONText.string(instructions)),
            ("threads", "\(threads)"),
            ("milliseconds", JSONText.object([
                ("best", number(best)), ("median", number(median)), ("p95", number(percentile95)),
            ])),
            ("images_per_second", number(throughput)),
            ("batch", "\(batch)"),
            ("gflops", number(gigaflops(multiplyAdds, best))),
            ("gflops_limit", number(limit)),
        ]
        if !layers.isEmpty {
            members.append(("layers", JSONText.array(rows.map {
                JSONText.object([
                    ("name", JSONText.string($0.name)), ("milliseconds", number($0.milliseconds)),
                    ("gflops", number($0.gigaflops)),
                ])
            })))
        }
        return JSONText.object(members)
    }
}
