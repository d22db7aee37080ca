import Foundation

/// A line of a shape file that is neither empty nor a comment nor a heading.
struct ShapeLine {
  let number: Int
  /// The heading above it.
  let section: String
  let text: String
}

/// The folder of the shape files, beside `Sources`.
private let shapesFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Shapes")

/// The lines of a file in `Shapes`; `[section]` is a heading, `#` starts a comment.
func readShapeLines(_ name: String) throws -> [ShapeLine] {
  let file = shapesFolder.appendingPathComponent(name)
  guard let text = try? String(contentsOf: file, encoding: .utf8) else {
    throw BenchError("cannot read the shapes at \(file.path)")
  }
  var section = ""
  var lines: [ShapeLine] = []
  for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
    let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
    if content.hasPrefix("["), content.hasSuffix("]") {
      section = String(content.dropFirst().dropLast())
    } else if !content.isEmpty {
      lines.append(ShapeLine(number: number + 1, section: section, text: content))
    }
  }
  return lines
}
