internal import Foundation

extension Canvas {
  /// The drawing as a self-contained SVG: text is text, images are embedded PNG files.
  func svg() throws(DemoError) -> String {
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(short(width)) \(short(height))" \
      width="\(short(width))" height="\(short(height))" font-family="Helvetica Neue, Helvetica, Arial, sans-serif">

      """
    for mark in marks { out += try Self.element(mark) + "\n" }
    return out + "</svg>\n"
  }

  private static func element(_ mark: Mark) throws(DemoError) -> String {
    switch mark {
    case .box(let box, let radius, let color):
      return #"<rect \#(attributes(box)) rx="\#(short(radius))" fill="\#(css(color))"/>"#
    case .line(let points, let width, let color, let opacity):
      if points.count == 1 {
        let r = short(width / 2)
        return #"<circle cx="\#(short(points[0].x))" cy="\#(short(points[0].y))" r="\#(r)" fill="\#(css(color))"/>"#
      }
      let list = points.map { "\(short($0.x)),\(short($0.y))" }.joined(separator: " ")
      return #"<polyline points="\#(list)" fill="none" stroke="\#(css(color))" stroke-width="\#(short(width))" "#
        + #"stroke-opacity="\#(short(opacity))" stroke-linecap="round" stroke-linejoin="round"/>"#
    case .text(let text, let at, let size, let anchor, let color, let bold):
      return #"<text x="\#(short(at.x))" y="\#(short(at.y))" font-size="\#(short(size))" text-anchor="\#(anchor)" "#
        + #"fill="\#(css(color))"\#(bold ? #" font-weight="600""# : "")>\#(escaped(text))</text>"#
    case .image(let pixels, let columns, let box):
      let file = try PNG.grey(pixels, columns: columns)
      return #"<image \#(attributes(box)) preserveAspectRatio="none" "#
        + #"href="data:image/png;base64,\#(Data(file).base64EncodedString())"/>"#
    }
  }

  private static func attributes(_ box: Box) -> String {
    #"x="\#(short(box.x))" y="\#(short(box.y))" width="\#(short(box.width))" height="\#(short(box.height))""#
  }
}

private func css(_ color: Color) -> String {
  String(format: "#%02x%02x%02x", color.red, color.green, color.blue)
}

/// Two digits after the point at most.
private func short(_ x: Double) -> String {
  let text = fixed((x * 100).rounded() / 100, 2)
  guard text.hasSuffix("0") else { return text }
  return String(text.dropLast(text.hasSuffix(".00") ? 3 : 1))
}

private func escaped(_ text: String) -> String {
  text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    .replacingOccurrences(of: ">", with: "&gt;")
}
