import CZlib
import Testing

@testable import demo

@Suite("The demo's picture")
struct PictureTests {
  @Test("is a PNG that decodes to its pixels", arguments: [1, 3], [(1, 1), (5, 3), (28, 28)])
  func png(channels: Int, size: (columns: Int, rows: Int)) throws {
    var random = SplitMix64(seed: 1)
    let stride = size.columns * channels
    let pixels = (0..<stride * size.rows).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let file = try channels == 1 ? PNG.grey(pixels, columns: size.columns) : PNG.rgb(pixels, columns: size.columns)
    #expect(file.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
    let chunks = try chunks(of: file)
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    #expect(number(chunks[0].data.prefix(4)) == size.columns && number(chunks[0].data[4..<8]) == size.rows)
    var rows = [UInt8](repeating: 0, count: (stride + 1) * size.rows)
    var length = uLong(rows.count)
    #expect(unsafe uncompress(&rows, &length, chunks[1].data, uLong(chunks[1].data.count)) == Z_OK)
    var decoded: [UInt8] = []
    for start in Swift.stride(from: 0, to: rows.count, by: stride + 1) {
      #expect(rows[start] == 2, "every row is filtered by the one above")
      for i in 0..<stride {
        decoded.append(rows[start + 1 + i] &+ (start == 0 ? 0 : decoded[decoded.count - stride]))
      }
    }
    #expect(decoded == pixels)
  }

  @Test("draws a box on exactly its pixels")
  func box() {
    var canvas = Canvas(width: 6, height: 4)
    canvas.fill(Box(x: 1, y: 1, width: 3, height: 2), Color(0x102030))
    let raster = Raster(canvas, scale: 1, background: Color(0xffffff))
    for y in 0..<4 {
      for x in 0..<6 {
        let expected: [UInt8] = 1..<4 ~= x && 1..<3 ~= y ? [0x10, 0x20, 0x30] : [255, 255, 255]
        #expect(Array(raster.pixels[(y * 6 + x) * 3..<(y * 6 + x + 1) * 3]) == expected, "column \(x), row \(y)")
      }
    }
  }

  @Test("leaves out what lies outside")
  func clipping() {
    var canvas = Canvas(width: 4, height: 4)
    canvas.line([Point(-50, -60), Point(70, 80)], width: 3, Color(0))
    canvas.fill(Box(x: -9, y: 3, width: 30, height: 30), Color(0))
    canvas.image([0, 255, 255, 0], columns: 2, Box(x: 2, y: -3, width: 9, height: 4))
    canvas.text("Ångström %", -3, 2, size: 20, Color(0))
    #expect(Raster(canvas, scale: 2, background: Color(0xffffff)).pixels.count == 8 * 8 * 3)
  }

  @Test("stretches an image without changing its mean")
  func image() {
    var canvas = Canvas(width: 8, height: 8)
    canvas.image([7, 7, 7, 7], columns: 2, Box(x: 0, y: 0, width: 8, height: 8))
    #expect(Raster(canvas, scale: 1, background: Color(0xffffff)).pixels.allSatisfy { $0 == 7 })
  }

  @Test("has a letter for everything it writes")
  func font() {
    for character in FashionMNIST.classes.joined() + "0123456789.,·×-%FIMNSTfrgqu" where character != " " {
      let strokes = StrokeFont.strokes(String(character), at: Point(0, 0), size: 20, .start)
      #expect(!strokes.isEmpty && strokes.allSatisfy { !$0.isEmpty }, "\(character)")
    }
  }

  @Test("centres and right-aligns text")
  func anchors() {
    func extent(_ anchor: Canvas.Anchor) -> (low: Double, high: Double) {
      let x = StrokeFont.strokes("Hello", at: Point(100, 0), size: 20, anchor).joined().map(\.x)
      return (x.min() ?? 0, x.max() ?? 0)
    }
    // Coordinates near 100 add up half a dozen roundings.
    let tolerance = 8 * 100.0.ulp
    #expect(abs(extent(.start).low - 100) <= tolerance)
    #expect(abs(extent(.end).high - 100) <= tolerance)
    #expect(abs(extent(.middle).low + extent(.middle).high - 200) <= tolerance)
  }

  @Test("has axes that cover their values", arguments: [[0, 1], [82.3, 96.6], [0.0986, 2.3], [5], [3, 3], []])
  func axes(values: [Double]) {
    for axis in [Axis.linear(values), Axis.logarithmic(values)] {
      #expect(axis.low < axis.high && axis.ticks.count >= 2)
      #expect(axis.ticks.allSatisfy { (0...1).contains(axis.position($0).rounded(toMultipleOf: 0x1p-40)) })
      #expect(values.allSatisfy { $0 <= axis.high && (axis.isLogarithmic && $0 <= 0 || $0 >= axis.low) })
    }
  }

  @Test("escapes what SVG reserves")
  func svg() throws {
    var canvas = Canvas(width: 10, height: 10)
    canvas.text("a < b & c", 1.005, 2.5, size: 3, Color(0xff8000), bold: true)
    let svg = try canvas.svg()
    #expect(svg.contains(">a &lt; b &amp; c</text>") && svg.contains("#ff8000") && svg.contains(#"y="2.5""#))
  }

  private func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// The chunks of a PNG file, their checksums verified.
  private func chunks(of file: [UInt8]) throws -> [(type: String, data: [UInt8])] {
    var chunks: [(type: String, data: [UInt8])] = []
    var at = 8
    while at < file.count {
      let length = number(file[at..<at + 4])
      let body = Array(file[at + 4..<at + 8 + length])
      try #require(number(file[at + 8 + length..<at + 12 + length]) == Int(unsafe crc32(0, body, UInt32(body.count))))
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      at += 12 + length
    }
    return chunks
  }
}

extension Double {
  fileprivate func rounded(toMultipleOf unit: Double) -> Double { (self / unit).rounded() * unit }
}
