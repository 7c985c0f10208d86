#if arch(x86_64) && os(Linux)
import Foundation
import Testing

private let canDisassemble: Bool = {
    #if DEBUG
    false
    #else
    ["objdump", "nm"].allSatisfy { (try? Program.shell("command -v \($0)").status) == 0 }
    #endif
}()

/// The values of XCEPTION_ISA; a set that the processor lacks is replaced by a lower one.
@Suite struct InstructionSetTests {
    @Test("Every instruction set gives the same answers")
    func answers() throws {
        func predictions(_ set: String) throws -> [(index: Int, probability: Double)] {
            let outcome = try Program.run(
                ["\(Program.photos)/chelsea.png", "--format", "csv"], environment: ["XCEPTION_ISA": set])
            #expect(outcome.status == 0)
            let line = try #require(outcome.output.split(separator: "\n").last)
            // path, width, height, error; then label, id, index, probability of each.
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return try (0..<5).map { (try #require(Int(fields[6 + 4 * $0])), try #require(Double(fields[7 + 4 * $0]))) }
        }
        let portable = try predictions("portable")
        #expect(portable[0].index == 285)
        for set in ["avx2", "avx512"] {
            let other = try predictions(set)
            #expect(other.map(\.index) == portable.map(\.index))
            #expect(zip(other, portable).allSatisfy { abs($0.probability - $1.probability) < 1e-5 })
        }
    }

    @Test("The program says which it uses")
    func name() throws {
        let outcome = try Program.run(["model", "info"], environment: ["XCEPTION_ISA": "portable"])
        #expect(outcome.output.split(separator: "\n").contains { $0.split(separator: " ") == ["kernels", "portable"] })
    }

    @Test("A name that it does not know is an error")
    func unknown() throws {
        let outcome = try Program.run(["model", "info"], environment: ["XCEPTION_ISA": "avx3"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("one of portable, avx2, avx512, not 'avx3'"))
    }
}

/// One program for every x86-64 processor: instructions that old ones lack may only stand where
/// the processor was asked first, in the functions of KernelsAVX2, KernelsAVX512 and their like.
///
/// The possible fault is a function that the compiler emits into several targets, such as a
/// specialization of a generic: the linker keeps one of the copies for all callers, and it may
/// be the one with the newer instructions.
@Suite(.enabled(if: canDisassemble, "needs an optimized build, and objdump and nm (Debian: binutils)"))
struct InstructionTests {
    /// Without the libraries we link, which may choose among processors themselves.
    static let oldProcessorTargets = ["CImages", "CSIMD", "Images", "KernelSelection", "Kernels", "Xception", "XceptionCLI"]

    static let avx2Targets = ["KernelsAVX2", "KernelsAVXVNNI"]
    static let avx512Targets = ["KernelsAVX512", "KernelsAVX512VNNI", "KernelsAVX512BF16"]

    /// Names of functions with instructions of a kind, and how many there are in each.
    struct Disassembly {
        /// VEX and EVEX encodings, and BMI, F16C, FMA and the like: beyond what every x86-64 processor has.
        var newer: [String: Int] = [:]
        /// AVX-512: 512-bit or mask registers, or vector registers 16 and up.
        var avx512: [String: Int] = [:]
        /// Products of bytes (VNNI) and of bfloat16.
        var products: [String: Int] = [:]

        init(_ files: [URL]) throws {
            let newer = try Regex(#"^v|^k[a-z]+[bwdq]$|^(andn|bextr|bls[ir]|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|lzcnt|popcnt|movbe)[lqw]?$"#)
            let avx512 = try Regex(#"%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])"#)
            var isNewer: [Substring: Bool] = [:]
            var function = Substring()
            for file in files {
                for line in try InstructionTests.output(of: "objdump -d --no-show-raw-insn \"$FILE\"", file).split(separator: "\n") {
                    // "0000000000001234 <function>:", or "  1234:<tab>mnemonic operands".
                    if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
                        function = line[line.index(after: start)...].dropLast(2)
                    } else if let tab = line.firstIndex(of: "\t") {
                        var instruction = line[line.index(after: tab)...]
                        if instruction.hasPrefix("{vex} ") { instruction = instruction.dropFirst(6) }
                        let mnemonic = instruction.prefix { $0 != " " }
                        let known = isNewer[mnemonic] ?? (mnemonic.firstMatch(of: newer) != nil)
                        isNewer[mnemonic] = known
                        guard known else { continue }
                        self.newer[String(function), default: 0] += 1
                        if mnemonic.contains("vpdpbusd") || mnemonic.contains("vdpbf16ps") { products[String(function), default: 0] += 1 }
                        if instruction.firstMatch(of: avx512) != nil { self.avx512[String(function), default: 0] += 1 }
                    }
                }
            }
        }
    }

    @Test("Functions with newer instructions are in no target for older processors, nor shared with one")
    func targets() throws {
        let shared = try Set(Self.oldProcessorTargets.flatMap { try Self.functions(of: $0) })
        #expect(shared.count > 1000)
        let avx2Functions = try Set(Self.avx2Targets.flatMap { try Self.functions(of: $0) })
        for target in Self.avx2Targets {
            let code = try Disassembly(Self.objects(of: target))
            // That they are found where they belong.
            #expect(!code.newer.isEmpty)
            #expect(code.avx512.isEmpty)
            #expect(shared.intersection(code.newer.keys) == [])
        }
        for target in Self.avx512Targets {
            let code = try Disassembly(Self.objects(of: target))
            #expect(!code.avx512.isEmpty)
            #expect(shared.intersection(code.newer.keys) == [])
            // An AVX2 processor runs what the linker kept of the two.
            #expect(avx2Functions.intersection(code.newer.keys) == [])
        }
        for target in Self.oldProcessorTargets {
            #expect(try Disassembly(Self.objects(of: target)).newer == [:], "\(target)")
        }
    }

    @Test("Products of bytes and of bfloat16 are in no function that a processor without them runs")
    func products() throws {
        for (target, others) in [
            ("KernelsAVXVNNI", ["KernelsAVX2"]), ("KernelsAVX512VNNI", ["KernelsAVX512", "KernelsAVX512BF16"]),
            ("KernelsAVX512BF16", ["KernelsAVX512", "KernelsAVX512VNNI"]),
        ] {
            let code = try Disassembly(Self.objects(of: target))
            #expect(!code.products.isEmpty, "\(target)")
            for other in others {
                #expect(try Self.functions(of: other).intersection(code.products.keys) == [], "\(target) and \(other)")
            }
        }
    }

    @Test("The program's functions with newer instructions are those of the targets that may have them")
    func program() throws {
        let program = try Disassembly([Program.executable])
        let avx2 = try Set(Self.avx2Targets.flatMap { try Self.functions(of: $0) })
        let avx512 = try Set(Self.avx512Targets.flatMap { try Self.functions(of: $0) })
        let others = try Set(Self.oldProcessorTargets.flatMap { try Self.functions(of: $0) })
        #expect(!avx512.isDisjoint(with: program.avx512.keys))
        #expect(!avx2.isDisjoint(with: program.newer.keys))
        #expect(others.intersection(program.newer.keys) == [])
        #expect(avx2.intersection(program.avx512.keys) == [])
    }

    /// The object files that the program was linked from.
    private static func objects(of target: String) throws -> [URL] {
        let folder = Program.executable.deletingLastPathComponent().appending(path: "\(target).build")
        let objects = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "o" }
        return try #require(objects.isEmpty ? nil : objects)
    }

    /// Names of the functions that a target's object files define.
    private static func functions(of target: String) throws -> Set<String> {
        var names: Set<String> = []
        for object in try objects(of: target) {
            for line in try output(of: "nm --defined-only \"$FILE\"", object).split(separator: "\n") {
                let fields = line.split(separator: " ")
                if fields.count == 3, "TtWw".contains(fields[1]) { names.insert(String(fields[2])) }
            }
        }
        return names
    }

    private static func output(of command: String, _ file: URL) throws -> String {
        let outcome = try Program.shell(command, environment: ["FILE": file.path])
        try #require(outcome.status == 0, "\(command) \(file.path): \(outcome.errors)")
        return outcome.output
    }
}
#endif
