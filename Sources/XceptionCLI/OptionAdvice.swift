import Platform

/// Advice on an unknown option.
enum OptionAdvice {
    /// Options of ripgrep, fd, exiftool, timm and other programs, with their equivalents here.
    private static let others: [(names: [String], advice: String)] = [
        (["--csv"], "write --format csv"), (["--jsonl", "--ndjson", "--json-lines"], "write --format jsonl"),
        (["--text", "--txt"], "write --format text"), (["--html"], "write --report FILE.html"),
        (["-r", "-R", "--recursive", "--recurse"], "directories are always searched recursively"),
        (
            ["-g", "--glob", "--iglob", "-e", "--extension", "--ext", "-ext", "--name", "-name"],
            "write --include '*.jpg'"
        ),
        (["-E", "--ignore"], "write --exclude GLOB"), (["-H"], "write --hidden"),
        (["-d", "--maxdepth", "--depth"], "write --max-depth N"),
        (["--no-follow"], "links to directories are followed only with --follow"),
        (["--dereference"], "write --follow"),
        (["-j", "--jobs", "--workers", "--num-threads"], "write --threads N"),
        (["-n", "--num", "--topk", "--top-k", "--limit", "-t"], "write -k N"),
        (["--threshold", "--confidence", "--score", "--min-probability"], "write --min P"),
        (["-V"], "write --version"), (["-q", "--silent"], "write --quiet"), (["-v"], "write --verbose"),
        (["--out", "--outfile", "--output-file", "--results-file"], "write --output FILE"),
        (["-f", "--results-format", "--output-format", "-T"], "write --format F"),
        (["--weights", "--checkpoint", "--pretrained", "-m", "--model-path"], "write --model FILE"),
        (["--print0", "-print0", "-z"], "write --null"),
        (["-@", "--input", "--from-file", "--stdin"], "write --files-from FILE, or - for an image"),
        (["--device", "--gpu", "--cuda"], "it runs on the processor"),
        (["--img-size", "--input-size", "--size"], "the model determines its input size"),
        (["--colour"], "write --color"),
        (["--dtype", "--fp16", "--half", "--amp"], "write --precision"), (["-i", "--recursive-all"], "see --help"),
    ]

    /// Returns advice on an unknown option.
    ///
    /// - Parameters:
    ///   - option: the option as written, without a value.
    ///   - known: the known options.
    /// - Returns: nil if there is no advice.
    static func advice(on option: String, known: [String]) -> String? {
        if FileStatus(FilePath(argument: option)) != nil { return "for the file of that name, write ./\(option)" }
        if let other = others.first(where: { $0.names.contains(option) }) { return other.advice }
        return Suggestion.nearest(to: option, among: known).map { "did you mean \($0)?" }
    }
}
