/// A failed system call.
package struct SystemError: Error, Equatable {
    /// The call's `errno`.
    package let number: Int32

    package init(number: Int32) {
        self.number = number
    }

    package var message: String { String(cString: strerror(number)) }
}
