import Foundation

/// Page-aligned memory that every contender of a case reads or writes.
final class Buffer<T> {
  let count: Int
  let pointer: UnsafeMutablePointer<T>

  /// `count` elements made by `element` in order.
  init(count: Int, element: () -> T) {
    self.count = count
    let pages = UnsafeMutableRawPointer.allocate(byteCount: max(1, count * MemoryLayout<T>.stride), alignment: 4096)
    pointer = pages.bindMemory(to: T.self, capacity: count)
    for i in 0..<count { (pointer + i).initialize(to: element()) }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  var byteCount: Int { count * MemoryLayout<T>.stride }
  var elements: UnsafeBufferPointer<T> { UnsafeBufferPointer(start: pointer, count: count) }
  var mutableElements: UnsafeMutableBufferPointer<T> { UnsafeMutableBufferPointer(start: pointer, count: count) }
}
