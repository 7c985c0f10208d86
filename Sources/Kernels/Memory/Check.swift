/// Stops the program if a programmer's assumption does not hold. Unlike `precondition`, it stays in
/// code that is compiled with `-Ounchecked`, as the kernels are.
@inline(__always)
func check(_ condition: Bool, _ message: @autoclosure () -> String) {
    guard condition else { fatalError(message()) }
}
