/// Renders a canvas to pixels with anti-aliased edges.
struct Raster {
  let columns: Int
  let rows: Int
  /// Red, green, blue, row by row.
  private(set) var pixels: [UInt8]
  private let scale: Double

  init(_ canvas: Canvas, scale: Double, background: Color) {
    columns = Int(canvas.width * scale)
    rows = Int(canvas.height * scale)
    self.scale = scale
    pixels = []
    pixels.reserveCapacity(columns * rows * 3)
    for _ in 0..<columns * rows { pixels += [background.red, background.green, background.blue] }
    for mark in canvas.marks { draw(mark) }
  }

  private mutating func draw(_ mark: Canvas.Mark) {
    switch mark {
    case .box(let box, let radius, let color): fill(box, radius, color)
    case .line(let points, let width, let color, let opacity):
      stroke([points], width: width, color, opacity: opacity)
    case .text(let text, let at, let size, let anchor, let color, let bold):
      let strokes = StrokeFont.strokes(text, at: at, size: size, anchor)
      stroke(strokes, width: size * (bold ? StrokeFont.boldWidth : StrokeFont.width), color, opacity: 1)
    case .image(let image, let columns, let box): draw(image, columns, box)
    }
  }

  /// The pixels whose centres may lie within `margin` of the box.
  private func area(_ box: Box, margin: Double) -> (x: Range<Int>, y: Range<Int>) {
    func clip(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
      let first = max(0, min(count, Int((low * scale - margin).rounded(.down))))
      return first..<max(first, min(count, Int((high * scale + margin).rounded(.up))))
    }
    return (clip(box.x, box.right, columns), clip(box.y, box.bottom, rows))
  }

  private mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ alpha: Double) {
    let at = (y * columns + x) * 3
    func mix(_ old: UInt8, _ new: UInt8) -> UInt8 {
      UInt8((Double(old) + (Double(new) - Double(old)) * alpha).rounded())
    }
    pixels[at] = mix(pixels[at], color.red)
    pixels[at + 1] = mix(pixels[at + 1], color.green)
    pixels[at + 2] = mix(pixels[at + 2], color.blue)
  }

  /// The coverage of a pixel falls linearly from 1 to 0 as its centre passes from half a pixel inside to half outside.
  private mutating func fill(_ box: Box, _ radius: Double, _ color: Color) {
    let half = Point(box.width, box.height) * (scale / 2)
    let centre = Point(box.x, box.y) * scale + half
    let corner = radius * scale
    let (xs, ys) = area(box, margin: 1)
    for y in ys {
      for x in xs {
        // Signed distance to a box with rounded corners.
        let d = Point(abs(Double(x) + 0.5 - centre.x), abs(Double(y) + 0.5 - centre.y)) - half + corner
        let outside = Point(max(d.x, 0), max(d.y, 0))
        let distance = (outside * outside).sum().squareRoot() + min(max(d.x, d.y), 0) - corner
        let coverage = min(max(0.5 - distance, 0), 1)
        if coverage > 0 { blend(x, y, color, coverage) }
      }
    }
  }

  /// All strokes as one shape, so that where they cross nothing is drawn twice.
  private mutating func stroke(_ strokes: [[Point]], width: Double, _ color: Color, opacity: Double) {
    let points = strokes.joined()
    guard let first = points.first else { return }
    let low = points.reduce(first) { pointwiseMin($0, $1) }
    let size = points.reduce(first) { pointwiseMax($0, $1) } - low
    let radius = width * scale / 2
    let (xs, ys) = area(Box(x: low.x, y: low.y, width: size.x, height: size.y), margin: radius + 1)
    var mask = [Double](repeating: 0, count: xs.count * ys.count)
    for points in strokes {
      for (a, b) in zip(points, points.count > 1 ? points.dropFirst() : points[...]) {
        cover(a * scale, b * scale, radius, xs, ys, &mask)
      }
    }
    for (i, coverage) in mask.enumerated() where coverage > 0 {
      blend(xs.lowerBound + i % xs.count, ys.lowerBound + i / xs.count, color, coverage * opacity)
    }
  }

  /// mask <- max(mask, coverage by the pixels closer than `radius` to the segment from `a` to `b`).
  private func cover(
    _ a: Point, _ b: Point, _ radius: Double, _ xs: Range<Int>, _ ys: Range<Int>, _ mask: inout [Double]
  ) {
    let reach = radius + 1
    let ab = b - a
    let length = (ab * ab).sum()
    let rows = ys.clamped(to: Int(min(a.y, b.y) - reach)..<Int(max(a.y, b.y) + reach) + 1)
    let columns = xs.clamped(to: Int(min(a.x, b.x) - reach)..<Int(max(a.x, b.x) + reach) + 1)
    for y in rows {
      for x in columns {
        let p = Point(Double(x) + 0.5, Double(y) + 0.5) - a
        let t = length > 0 ? min(max((p * ab).sum() / length, 0), 1) : 0
        let d = p - ab * t
        let coverage = min(max(radius + 0.5 - (d * d).sum().squareRoot(), 0), 1)
        let at = (y - ys.lowerBound) * xs.count + x - xs.lowerBound
        mask[at] = max(mask[at], coverage)
      }
    }
  }

  /// Bilinear between the centres of the image's pixels.
  private mutating func draw(_ image: [UInt8], _ imageColumns: Int, _ box: Box) {
    let imageRows = image.count / imageColumns
    let (xs, ys) = area(box, margin: 0)
    func split(_ pixel: Int, _ start: Double, _ extent: Double, _ count: Int) -> (Int, Int, Double) {
      let u = ((Double(pixel) + 0.5) / scale - start) / extent * Double(count) - 0.5
      let inside = min(max(u, 0), Double(count - 1))
      let i = Int(inside)
      return (i, min(i + 1, count - 1), inside - Double(i))
    }
    for y in ys {
      let (y0, y1, v) = split(y, box.y, box.height, imageRows)
      for x in xs {
        let (x0, x1, u) = split(x, box.x, box.width, imageColumns)
        func across(_ row: Int) -> Double {
          Double(image[row * imageColumns + x0]) * (1 - u) + Double(image[row * imageColumns + x1]) * u
        }
        let grey = UInt32((across(y0) * (1 - v) + across(y1) * v).rounded())
        blend(x, y, Color(grey << 16 | grey << 8 | grey), 1)
      }
    }
  }
}
