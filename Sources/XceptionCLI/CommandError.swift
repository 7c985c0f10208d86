/// Why a command cannot go on: one line for people, and the exit status.
struct CommandError: Error, Equatable {
    let message: String
    /// 2: nothing could be done.
    var status: Int32 = 2

    init(_ message: String, status: Int32 = 2) {
        self.message = message
        self.status = status
    }
}
