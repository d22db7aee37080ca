internal import CZlib

/// Writes PNG files, 8 bits a channel.
/// Source: ISO/IEC 15948:2004, Portable Network Graphics.
enum PNG {
  static func grey(_ pixels: [UInt8], columns: Int) throws(DemoError) -> [UInt8] {
    try encode(pixels, columns: columns, channels: 1)
  }

  static func rgb(_ pixels: [UInt8], columns: Int) throws(DemoError) -> [UInt8] {
    try encode(pixels, columns: columns, channels: 3)
  }

  private static func encode(_ pixels: [UInt8], columns: Int, channels: Int) throws(DemoError) -> [UInt8] {
    let stride = columns * channels
    let rows = pixels.count / stride
    precondition(rows * stride == pixels.count, "PNG: \(pixels.count) bytes in rows of \(stride)")
    let colorType: UInt8 = channels == 1 ? 0 : 2
    let header = bigEndian(columns) + bigEndian(rows) + [8, colorType, 0, 0, 0]
    var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    file += chunk("IHDR", header)
    file += chunk("IDAT", try deflate(filtered(pixels, stride: stride)))
    return file + chunk("IEND", [])
  }

  /// Filter 2, "up": each byte less the one above it.  Drawings repeat from row to row.
  private static func filtered(_ pixels: [UInt8], stride: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(pixels.count + pixels.count / stride)
    for start in Swift.stride(from: 0, to: pixels.count, by: stride) {
      out.append(2)
      for i in start..<start + stride { out.append(pixels[i] &- (i >= stride ? pixels[i - stride] : 0)) }
    }
    return out
  }

  private static func deflate(_ bytes: [UInt8]) throws(DemoError) -> [UInt8] {
    let capacity = compressBound(uLong(bytes.count))
    var out = [UInt8](repeating: 0, count: Int(capacity))
    var length = capacity
    let status = unsafe compress2(&out, &length, bytes, uLong(bytes.count), 6)
    guard status == Z_OK else { throw DemoError("zlib cannot compress the picture (error \(status))") }
    out.removeLast(out.count - Int(length))
    return out
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(unsafe crc32(0, body, UInt32(body.count))))
  }

  private static func bigEndian(_ n: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(n >> $0 & 0xff) }
  }
}
