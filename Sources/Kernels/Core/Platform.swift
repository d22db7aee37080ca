#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The value of an environment variable, or nil where it is unset.
///
/// Callers keep the answer: the environment is read once, so a later `setenv` changes nothing and races with nothing.
func environmentValue(_ name: String) -> String? {
  // SAFETY: getenv returns NULL or a NUL-terminated string, which is copied at once.
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

/// `count` elements on a 64-byte boundary, uninitialised, to be given back with ``freeAligned(_:)``.
///
/// Unlike `UnsafeMutablePointer.allocate`, this reports exhausted memory instead of stopping the process.
@usableFromInline
func allocateAligned<T>(_ count: Int, of type: T.Type, for operand: String) throws(KernelError)
  -> UnsafeMutableBufferPointer<T>
{
  let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
  if overflow { throw KernelError(.overflow, operand: operand, expected: .max, got: count) }
  var pointer: UnsafeMutableRawPointer?
  // SAFETY: on success posix_memalign leaves room for `bytes`, here at least 1 so that the address is a real one.
  guard unsafe posix_memalign(&pointer, 64, max(bytes, 1)) == 0, let pointer = unsafe pointer else {
    throw KernelError(.outOfMemory, operand: operand, expected: bytes, got: 0)
  }
  return unsafe UnsafeMutableBufferPointer(start: pointer.bindMemory(to: T.self, capacity: count), count: count)
}

/// Gives back what ``allocateAligned(_:of:for:)`` returned.
@usableFromInline
func freeAligned<T>(_ buffer: UnsafeMutableBufferPointer<T>) {
  // SAFETY: the address came from posix_memalign and the elements are trivial.
  unsafe free(buffer.baseAddress)
}
