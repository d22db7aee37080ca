internal import CZlib
internal import Foundation

/// An array of unsigned bytes in the IDX format: the bytes 0, 0, 8 and the number of dimensions, then each dimension
/// as a big-endian 32-bit count, then the elements, the last dimension varying fastest.
/// Source: Y. LeCun, C. Cortes and C. Burges, The MNIST database, 1998.
struct IDXFile: Sendable {
  let path: String
  let dimensions: [Int]
  let bytes: [UInt8]

  /// Reads `path`, or `path` without its `.gz`.
  ///
  /// Nothing in the file is believed: memory grows with what the file holds, not with what its header promises.
  /// - Throws: a sentence that names the file, what was expected and what was found.
  init(path: String, dimensions count: Int, holding what: String) throws(DemoError) {
    let file = try GzipReader(existing: path, holding: what)
    self.path = file.path
    let magic = try file.read(4)
    let expected: [UInt8] = [0, 0, 8, UInt8(count)]
    guard magic == expected else {
      throw DemoError(
        "\(file.path): starts with \(hex(magic)); expected \(hex(expected)) (IDX, unsigned bytes, \(count)-dimensional)"
      )
    }
    var dimensions: [Int] = []
    for _ in 0..<count {
      let word = try file.read(4)
      guard word.count == 4 else { throw DemoError("\(file.path): ends within its header") }
      dimensions.append(word.reduce(0) { $0 << 8 | Int($1) })
    }
    self.dimensions = dimensions
    let shape = dimensions.map(String.init).joined(separator: " x ")
    guard let size = product(dimensions), size > 0 else {
      throw DemoError("\(file.path): its header says \(shape); expected \(what)")
    }
    bytes = try file.read(size)
    guard bytes.count == size else {
      throw DemoError("\(file.path): ends after \(bytes.count) bytes of data; expected \(size) (\(shape))")
    }
    guard try file.read(1).isEmpty else {
      throw DemoError("\(file.path): holds more than the \(size) bytes that its header promises (\(shape))")
    }
  }
}

private func hex(_ bytes: [UInt8]) -> String {
  bytes.isEmpty ? "nothing" : bytes.map { String(format: "%02x", $0) }.joined(separator: " ")
}

/// nil if it overflows.
private func product(_ factors: [Int]) -> Int? {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    product = next
  }
  return product
}

/// Reads a file, gunzipping it if it is gzipped.
@safe
private final class GzipReader {
  let path: String
  private let file: gzFile

  init(existing path: String, holding what: String) throws(DemoError) {
    let plain = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let files = FileManager.default
    guard let found = [path, plain].first(where: { files.fileExists(atPath: $0) }) else {
      throw DemoError(
        "\(path): no such file; expected \(what) (Debian: apt-get install dataset-fashion-mnist; elsewhere: --data DIR)"
      )
    }
    // A folder opens like a file and only fails on reading, with a message that helps nobody.
    var isFolder: ObjCBool = false
    guard unsafe files.fileExists(atPath: found, isDirectory: &isFolder), !isFolder.boolValue else {
      throw DemoError("\(found): is a folder; expected \(what)")
    }
    guard let file = unsafe gzopen(found, "rb") else {
      throw DemoError("\(found): \(unsafe String(cString: strerror(errno))); expected \(what)")
    }
    self.path = found
    unsafe self.file = file
    _ = unsafe gzbuffer(file, 1 << 17)
  }

  deinit { _ = unsafe gzclose_r(file) }

  /// The next `count` bytes, or as many as there are.
  func read(_ count: Int) throws(DemoError) -> [UInt8] {
    let piece = 1 << 20
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(piece, count - bytes.count)
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: wanted))
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        // SAFETY: start + wanted is the count of bytes.
        unsafe gzread(file, buffer.baseAddress! + start, UInt32(wanted))
      }
      try check(got)
      bytes.removeLast(wanted - Int(got))
      if got < wanted { break }
    }
    return bytes
  }

  /// zlib says of a file that was cut short only here that its end is missing.
  private func check(_ got: Int32) throws(DemoError) {
    var code: Int32 = 0
    let message = unsafe gzerror(file, &code).map { unsafe String(cString: $0) } ?? ""
    guard got >= 0, code == Z_OK || code == Z_STREAM_END else {
      throw DemoError("\(path): damaged: \(message.isEmpty ? "zlib error \(code)" : message)")
    }
  }
}
