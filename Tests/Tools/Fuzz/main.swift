// libFuzzer with one target: Fuzz TARGET [libFuzzer's options] [corpus ...]
import CFuzzer
import Platform

let targets: [String: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt] = [
    "jpeg": { decodeTwice(.init(start: $0, count: $1)); return 0 },
    "png": { decodePNGTwice(.init(start: $0, count: $1)); return 0 },
    "webp": { decodeTwice(.init(start: $0, count: $1)); return 0 },
    "heif": { decodeHEIFTwice(.init(start: $0, count: $1)); return 0 },
    "raw": { decodeTwice(.init(start: $0, count: $1)); return 0 },
    "orientation": { readOrientation(.init(start: $0, count: $1)); return 0 },
    "safetensors": { readModelFile(.init(start: $0, count: $1)); return 0 },
    "collection": { readCollection(.init(start: $0, count: $1)); return 0 },
    "paths": { readPathList(.init(start: $0, count: $1)); return 0 },
    "records": { readRecords(.init(start: $0, count: $1)); return 0 },
]

guard CommandLine.argc > 1, let target = targets[CommandLine.arguments[1]] else {
    print("usage: Fuzz \(targets.keys.sorted().joined(separator: "|")) [libFuzzer's options] [corpus ...]")
    exit(64)
}
// The target's name is not libFuzzer's business.
var count = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
arguments![0] = CommandLine.unsafeArgv[0]
exit(LLVMFuzzerRunDriver(&count, &arguments, target))
