#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Elements that lie against a page no code may touch: reading or writing a byte past that end stops the process.
///
/// ```
/// .right   | forbidden | ......... elements | forbidden |     catches reads and writes past the end
/// .left    | forbidden | elements ......... | forbidden |     and before the beginning
/// ```
///
/// The rest of the readable pages holds a fixed byte; ``surroundingsAreIntact`` tells whether it still does.
@safe
public final class GuardedBuffer<Element: BitwiseCopyable> {
  /// Which end touches the forbidden page.
  public enum Side: Sendable { case left, right }

  /// The elements, their bytes all `0xA5` at first.
  @safe public let elements: UnsafeMutableBufferPointer<Element>

  private let mapping: UnsafeMutableRawBufferPointer
  private let pages: UnsafeMutableRawBufferPointer

  /// - Parameters:
  ///   - shift: moves the elements that many strides away from the page on the left, for other alignments.
  ///   - sparse: leaves the bytes zero and the pages untouched, so that more may be asked for than there is memory.
  public init(count: Int, side: Side, shift: Int = 0, sparse: Bool = false) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = (count + (side == .left ? shift : 0)) * MemoryLayout<Element>.stride
    let inner = max(page, (bytes + page - 1) / page * page)
    unsafe mapping = GuardedBuffer.map(inner + 2 * page)
    unsafe pages = UnsafeMutableRawBufferPointer(rebasing: mapping[page..<page + inner])
    // SAFETY: both ends are whole pages of the mapping.
    unsafe mprotect(mapping.baseAddress!, page, PROT_NONE)
    unsafe mprotect(mapping.baseAddress! + page + inner, page, PROT_NONE)
    if !sparse { unsafe _ = memset(pages.baseAddress!, Int32(filler), inner) }
    let start = side == .left ? shift * MemoryLayout<Element>.stride : inner - bytes
    // SAFETY: start + bytes <= inner, and any bits are a value of a BitwiseCopyable element.
    unsafe elements = UnsafeMutableBufferPointer(
      start: (pages.baseAddress! + start).assumingMemoryBound(to: Element.self), count: count)
  }

  deinit { unsafe _ = munmap(mapping.baseAddress!, mapping.count) }

  /// Whether the readable bytes around the elements still hold the byte they were filled with.
  public var surroundingsAreIntact: Bool {
    // SAFETY: the elements lie within the pages.
    let start = unsafe UnsafeRawPointer(elements.baseAddress!) - UnsafeRawPointer(pages.baseAddress!)
    let end = start + elements.count * MemoryLayout<Element>.stride
    let before = unsafe pages[..<start].allSatisfy { $0 == filler }
    return unsafe before && pages[end...].allSatisfy { $0 == filler }
  }

  /// Forbids every access to the elements until `body` returns: what it runs cannot even read them.
  func whileForbidden<Result>(_ body: () throws -> Result) rethrows -> Result {
    // SAFETY: the pages are ours and become readable again before anyone else looks.
    unsafe mprotect(pages.baseAddress!, pages.count, PROT_NONE)
    defer { unsafe _ = mprotect(pages.baseAddress!, pages.count, PROT_READ | PROT_WRITE) }
    return try body()
  }

  private static func map(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
    let flags = MAP_PRIVATE | mapAnonymous | MAP_NORESERVE
    let address = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      preconditionFailure("no address space for \(bytes) bytes between guard pages")
    }
    return unsafe UnsafeMutableRawBufferPointer(start: address, count: bytes)
  }
}

private let filler: UInt8 = 0xA5

#if canImport(Darwin)
  private let mapAnonymous = MAP_ANON
#else
  private let mapAnonymous = MAP_ANONYMOUS
#endif
