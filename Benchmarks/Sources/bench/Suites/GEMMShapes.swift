/// How A and B are stored.
enum GEMMLayout: String {
  case nn = "NN"
  case tn = "TN"
  case nt = "NT"
  case tt = "TT"

  var transposesA: Bool { self == .tn || self == .tt }
  var transposesB: Bool { self == .nt || self == .tt }
}

/// One line of the shape file.
struct GEMMShape {
  let m: Int
  let n: Int
  let k: Int
  let layout: GEMMLayout
  let section: String

  /// As ids show it: `1024x1024x1024`, `49x512x4608-TN`.
  var name: String { "\(m)x\(n)x\(k)" + (layout == .nn ? "" : "-\(layout.rawValue)") }

  var squareSize: Int? { m == n && n == k && layout == .nn ? m : nil }
}

/// Reads `Shapes/gemm.txt`: lines `M N K [layout]` under `[section]` headings, `#` starts a comment.
func readGEMMShapes() throws -> [GEMMShape] {
  try readShapeLines("gemm.txt").map { line in
    guard let shape = parseGEMMShape(line.text, section: line.section) else {
      throw BenchError("gemm.txt:\(line.number): expected M N K [NN|TN|NT|TT], got '\(line.text)'")
    }
    return shape
  }
}

private func parseGEMMShape(_ text: String, section: String) -> GEMMShape? {
  let words = text.split(separator: " ").map(String.init)
  guard words.count == 3 || words.count == 4 else { return nil }
  let sizes = words.prefix(3).compactMap { Int($0) }
  guard sizes.count == 3, sizes.allSatisfy({ $0 > 0 }),
    let layout = GEMMLayout(rawValue: words.dropFirst(3).first ?? "NN")
  else { return nil }
  return GEMMShape(m: sizes[0], n: sizes[1], k: sizes[2], layout: layout, section: section)
}
