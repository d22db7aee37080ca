/// sRGB.
struct Color: Hashable, Sendable {
  let red, green, blue: UInt8

  /// 0xRRGGBB
  init(_ hex: UInt32) {
    red = UInt8(hex >> 16 & 0xff)
    green = UInt8(hex >> 8 & 0xff)
    blue = UInt8(hex & 0xff)
  }

  private init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// This colour at t = 0, `other` at t = 1.
  func mixed(with other: Color, _ t: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * t).rounded()) }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}

typealias Point = SIMD2<Double>

struct Box: Sendable {
  var x, y, width, height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }

  func inset(_ d: Double) -> Box { Box(x: x + d, y: y + d, width: width - 2 * d, height: height - 2 * d) }
}

/// A drawing as a list of marks, later ones over earlier ones, y pointing down; `SVG` and `Raster` render it.
struct Canvas: Sendable {
  enum Anchor: Sendable { case start, middle, end }

  enum Mark: Sendable {
    case box(Box, radius: Double, Color)
    /// Round ends and joins; a single point is a dot.
    case line([Point], width: Double, Color, opacity: Double)
    /// `at` lies on the base line.
    case text(String, at: Point, size: Double, Anchor, Color, bold: Bool)
    /// Grey pixels, row by row, stretched smoothly over a box.
    case image([UInt8], columns: Int, Box)
  }

  let width: Double
  let height: Double
  private(set) var marks: [Mark] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func fill(_ box: Box, radius: Double = 0, _ color: Color) {
    marks.append(.box(box, radius: radius, color))
  }

  mutating func line(_ points: [Point], width: Double, _ color: Color, opacity: Double = 1) {
    marks.append(.line(points, width: width, color, opacity: opacity))
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double, _ color: Color, anchor: Anchor = .start, bold: Bool = false
  ) {
    marks.append(.text(text, at: Point(x, y), size: size, anchor, color, bold: bold))
  }

  mutating func image(_ pixels: [UInt8], columns: Int, _ box: Box) {
    marks.append(.image(pixels, columns: columns, box))
  }
}
